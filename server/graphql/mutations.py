"""What can be done. Each is refused with the code that the other doors give."""
import strawberry

from server.graphql.context import Info
from server.graphql.inputs import CreateResponse
from server.graphql.types.responses import Response, response


@strawberry.type
class Mutation:
    @strawberry.mutation(
        description="Make a response. It is made whether you follow it or not; the subscription `response` tells it.")
    async def create_response(self, info: Info, input: CreateResponse) -> Response:
        context = info.context
        return response(await context.ports.responses.create(context.user.id, input.body()))

    @strawberry.mutation(description="Stop it, and answer with it once that has reached the worker.")
    async def cancel_response(self, info: Info, id: strawberry.ID) -> Response:
        context = info.context
        return response(await context.ports.responses.cancel_and_read(context.user.id, id))

    @strawberry.mutation(description="Forget it. Gives back its id.")
    async def delete_response(self, info: Info, id: strawberry.ID) -> strawberry.ID:
        context = info.context
        await context.ports.responses.delete(context.user.id, id)
        return id
