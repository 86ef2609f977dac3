"""What can be asked."""
import strawberry

from server.common.errors import Code, NotAllowed
from server.graphql.context import Info
from server.graphql.ports import Window
from server.graphql.types import conversations, models, responses, users
from server.graphql.types.conversations import After, Conversation, First, Hit, Turn
from server.graphql.types.models import Worker
from server.graphql.types.nodes import DEFAULT_PAGE, Connection, Node


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

    @strawberry.field(description="The live workers and how full they are. For administrators.")
    async def workers(self, info: Info) -> list[Worker]:
        if not info.context.user.admin:
            raise NotAllowed(Code.ADMINISTRATOR_REQUIRED, "Only an administrator may see this.")
        return [models.worker(read) for read in await info.context.ports.models.workers()]

    @strawberry.field(description="Your conversations; those in which something was said last come first.")
    async def conversations(
            self, info: Info, first: int | None = None, after: After = None, last: int | None = None,
            before: After = None, archived: bool | None = None, pinned: bool | None = None) -> Connection[Conversation]:
        window = Window(conversations.limit_of(first, last, before), after=after, before=before)
        context = info.context
        page = await context.ports.conversations.page(context.user.id, window, archived, pinned)
        return conversations.connection(page, after, before)

    @strawberry.field(description="A conversation of yours; null if there is none of this id.")
    async def conversation(self, info: Info, id: strawberry.ID) -> Conversation | None:
        return await conversations.find_conversation(info, id)

    @strawberry.field(description="All turns that follow the same one as this, itself among them, oldest first.")
    async def siblings(self, info: Info, conversation: strawberry.ID, turn: strawberry.ID) -> list[Turn]:
        context = info.context
        found = await context.ports.conversations.siblings(context.user.id, conversation, turn)
        return [conversations.turn(read) for read in found]

    @strawberry.field(
        description="Conversations with all these words, or words that begin so, in their title or in one message.")
    async def search(self, info: Info, query: str, first: First = DEFAULT_PAGE) -> list[Hit]:
        context = info.context
        found = await context.ports.conversations.search(context.user.id, query, conversations.limit_of(first))
        return [conversations.hit(read) for read in found]

    @strawberry.field(description="A response of yours; null if there is none of this id.")
    async def response(self, info: Info, id: strawberry.ID) -> responses.Response | None:
        return await responses.find_response(info, id)

    @strawberry.field(description="Whatever has this id, if it is yours.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        if id.startswith("resp_"):
            return await responses.find_response(info, id)
        if id.startswith("conv_"):
            return await conversations.find_conversation(info, id)
        return users.account(info.context.user) if id == info.context.user.id else None
