"""The domain's parts, as routes get them; the composition root puts them into `app.state`."""
from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import HTTPConnection, Request

from server.common.body import read_body
from server.conversations.collection import Collection
from server.conversations.exchange import Exchange
from server.conversations.parts import ConversationServices
from server.conversations.schemas import Order, Window
from server.conversations.search import Search
from server.conversations.service import ConversationService
from server.conversations.sharing import Sharing

MAX_PAGE = 100


def get_services(connection: HTTPConnection) -> ConversationServices:
    services: ConversationServices = connection.app.state.conversations
    return services


Services = Annotated[ConversationServices, Depends(get_services)]


def get_conversations(services: Services) -> ConversationService:
    return services.conversations


def get_collection(services: Services) -> Collection:
    return services.collection


def get_search(services: Services) -> Search:
    return services.search


def get_sharing(services: Services) -> Sharing:
    return services.sharing


def get_exchange(services: Services) -> Exchange:
    return services.exchange


def window(
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20, order: Order = "desc", after: str | None = None,
        before: str | None = None) -> Window:
    """A page of conversations."""
    return Window(limit, order, after, before)


def forward_window(
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20, order: Order = "desc", after: str | None = None,
) -> Window:
    """A page of what is in one."""
    return Window(limit, order, after)


async def body(request: Request) -> dict[str, object]:
    """The JSON object that was sent."""
    return await read_body(request)


Conversations = Annotated[ConversationService, Depends(get_conversations)]
ConversationCollection = Annotated[Collection, Depends(get_collection)]
ConversationSearch = Annotated[Search, Depends(get_search)]
ConversationSharing = Annotated[Sharing, Depends(get_sharing)]
ConversationExchange = Annotated[Exchange, Depends(get_exchange)]
PageWindow = Annotated[Window, Depends(window)]
ForwardWindow = Annotated[Window, Depends(forward_window)]
Body = Annotated[dict[str, object], Depends(body)]
