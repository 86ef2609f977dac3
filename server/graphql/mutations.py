"""What can be done. Each is refused with the code that the other doors give."""
from dataclasses import replace

import strawberry
from strawberry.scalars import JSON

from server.common.errors import Code, NotFound
from server.graphql.context import Info
from server.graphql.inputs import CreateConversation, CreateResponse
from server.graphql.ports import Turn
from server.graphql.types.conversations import Conversation, conversation
from server.graphql.types.responses import Response, response


@strawberry.type
class Mutation:
    @strawberry.mutation(
        description="Make a response. It is made whether you follow it or not; the subscription `response` tells it.")
    async def create_response(self, info: Info, input: CreateResponse) -> Response:
        context = info.context
        return response(await context.ports.responses.create(context.user.id, input.body()))

    @strawberry.mutation(description="Ask something else in place of a turn's question: what comes is its sibling.")
    async def edit_question(
            self, info: Info, conversation: strawberry.ID, turn: strawberry.ID, input: CreateResponse) -> Response:
        found = await _turn(info, conversation, turn)
        return await _beside(info, found, input)

    @strawberry.mutation(
        description="Have a turn's question answered anew: what comes is its sibling. The input names a model or other "
                    "settings; those of before are not taken over.")
    async def regenerate(
            self, info: Info, conversation: strawberry.ID, turn: strawberry.ID,
            input: CreateResponse | None = None) -> Response:
        found = await _turn(info, conversation, turn)
        known = await info.context.loaders.responses.load(turn)
        if known is None:
            raise NotFound(
                Code.RESPONSE_NOT_FOUND, f"`{turn[:128]}` is no response, so there is no answer to make anew.", "turn")
        again = [JSON(item) for item in known.input()]
        return await _beside(info, found, replace(input or CreateResponse(), items=again))  # a text beside is refused

    @strawberry.mutation(description="Stop it, and answer with it once that has reached the worker.")
    async def cancel_response(self, info: Info, id: strawberry.ID) -> Response:
        context = info.context
        return response(await context.ports.responses.cancel_and_read(context.user.id, id))

    @strawberry.mutation(description="Forget it. Gives back its id.")
    async def delete_response(self, info: Info, id: strawberry.ID) -> strawberry.ID:
        context = info.context
        await context.ports.responses.delete(context.user.id, id)
        return id

    @strawberry.mutation(description="A new one, with nothing said in it or with items.")
    async def create_conversation(self, info: Info, input: CreateConversation | None = None) -> Conversation:
        context, given = info.context, input or CreateConversation()
        return conversation(await context.ports.conversations.create(context.user.id, given.body()))

    @strawberry.mutation
    async def rename_conversation(self, info: Info, id: strawberry.ID, title: str) -> Conversation:
        return await _update(info, id, "parley:title", title)

    @strawberry.mutation(description="Keep it on top, or no more.")
    async def pin_conversation(self, info: Info, id: strawberry.ID, pinned: bool = True) -> Conversation:
        return await _update(info, id, "parley:pinned", pinned)

    @strawberry.mutation(description="Put it away, or bring it back.")
    async def archive_conversation(self, info: Info, id: strawberry.ID, archived: bool = True) -> Conversation:
        return await _update(info, id, "parley:archived", archived)

    @strawberry.mutation(description="Make the newest branch through this turn the active one.")
    async def branch_conversation(self, info: Info, id: strawberry.ID, turn: strawberry.ID) -> Conversation:
        context = info.context
        return conversation(await context.ports.conversations.branch(context.user.id, id, turn))

    @strawberry.mutation(description="Forget it, with all that was said in it. Gives back its id.")
    async def delete_conversation(self, info: Info, id: strawberry.ID) -> strawberry.ID:
        context = info.context
        await context.ports.conversations.delete(context.user.id, id)
        return id


async def _update(info: Info, conversation_id: str, field: str, value: object) -> Conversation:
    context = info.context
    return conversation(await context.ports.conversations.update(context.user.id, conversation_id, {field: value}))


async def _turn(info: Info, conversation_id: str, turn_id: str) -> Turn:
    """Raises NotFound."""
    context = info.context
    siblings = await context.ports.conversations.siblings(context.user.id, conversation_id, turn_id)
    return next(turn for turn in siblings if turn.id == turn_id)


async def _beside(info: Info, turn: Turn, input: CreateResponse) -> Response:
    context = info.context
    return response(await context.ports.responses.create(
        context.user.id, input.beside(turn.conversation_id, turn.parent_id).body()))
