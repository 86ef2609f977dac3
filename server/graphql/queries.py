"""What can be asked."""
import strawberry

from server.graphql.context import Info
from server.graphql.types import models, responses, users
from server.graphql.types.nodes import Node


@strawberry.type
class Query:
    @strawberry.field(description="Whoever asks.")
    def viewer(self, info: Info) -> users.Account:
        return users.account(info.context.user)

    @strawberry.field(description="What is served now, the longest served first.")
    async def models(self, info: Info) -> list[models.Model]:
        catalog = info.context.ports.models
        default = await catalog.default_model()
        return [models.model(read, default) for read in await catalog.models()]

    @strawberry.field(description="A response of yours; null if there is none of this id.")
    async def response(self, info: Info, id: strawberry.ID) -> responses.Response | None:
        return await responses.find_response(info, id)

    @strawberry.field(description="Whatever has this id, if it is yours.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        if id.startswith("resp_"):
            return await responses.find_response(info, id)
        return users.account(info.context.user) if id == info.context.user.id else None
