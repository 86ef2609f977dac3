"""Makes the door of what the composition root has."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from relay.job import Request
from server.catalog.service import Catalog
from server.common.clock import SystemClock
from server.conversations import requests, schemas
from server.conversations.parts import ConversationServices
from server.graphql.dependencies import GraphQL
from server.graphql.ports import Feed, Json, Ports, Window
from server.graphql.schema import make_schema
from server.responses.mappers import request_hash
from server.responses.resource import input_items
from server.responses.schemas import parse_create
from server.responses.service import ResponseService


@dataclass(frozen=True, slots=True)
class KnownResponse:
    """A response as it stands."""

    request: Request
    response: Json

    def input(self) -> list[Json]:
        return input_items(self.request)


class ResponsePort:
    """Responses, as this door asks for them."""

    def __init__(self, service: ResponseService) -> None:
        self.service = service
        self.cancel_and_read, self.delete = service.cancel_and_read, service.delete

    async def create(self, user: str, body: Json) -> Json:
        create = parse_create(body)
        feed = await self.service.start(user, create, key_hash=request_hash(body) if create.idempotency_key else "")
        feed.followed = True  # as it were: whoever follows it comes by another way, or never
        return feed.resource()

    async def follow(self, user: str, response_id: str) -> Feed:
        return await self.service.follow(user, response_id)

    async def read_many(self, user: str, response_ids: Sequence[str]) -> Mapping[str, KnownResponse]:
        found = await self.service.read_many(user, response_ids)
        return {name: KnownResponse(request, response) for name, (request, response) in found.items()}


class ConversationPort:
    """Conversations, as this door asks for them."""

    def __init__(self, services: ConversationServices) -> None:
        self.service, self.search = services.conversations, services.search.search
        self.get_many, self.siblings = self.service.get_many, self.service.siblings
        self.branch, self.delete = self.service.branch, self.service.delete

    async def page(
        self, user: str, window: Window, archived: bool | None, pinned: bool | None,
    ) -> schemas.Page[schemas.Conversation]:
        return await self.service.page(user, _window(window), archived=archived, pinned=pinned)

    async def items(self, user: str, name: str, window: Window, leaf: str | None) -> schemas.Page[Json]:
        return await self.service.items(user, name, _window(window), leaf)

    async def turns(self, user: str, name: str, window: Window, leaf: str | None) -> schemas.Page[schemas.Turn]:
        return await self.service.turns(user, name, _window(window), leaf)

    async def items_of_many(
            self, user: str, names: Sequence[str], window: Window) -> Mapping[str, schemas.Page[Json]]:
        return await self.service.items_of_many(user, names, _window(window))

    async def turns_of_many(
            self, user: str, names: Sequence[str], window: Window) -> Mapping[str, schemas.Page[schemas.Turn]]:
        return await self.service.turns_of_many(user, names, _window(window))

    async def create(self, user: str, body: Json) -> schemas.Conversation:
        create = requests.parse(requests.ConversationCreate, body)
        return await self.service.create(
            user, items=self.service.given(create.items), metadata=create.metadata, title=create.title or "")

    async def update(self, user: str, name: str, body: Json) -> schemas.Conversation:
        changes: dict[str, Any] = requests.parse(requests.ConversationUpdate, body).model_dump(exclude_none=True)
        return await self.service.update(user, name, **changes)


def _window(window: Window) -> schemas.Window:
    return schemas.Window(window.limit, cast(schemas.Order, window.order), window.after, window.before)


def make(
        responses: ResponseService, conversations: ConversationServices, catalog: Catalog, introspection: bool,
) -> GraphQL:
    ports = Ports(ResponsePort(responses), ConversationPort(conversations), catalog)
    return GraphQL(make_schema(introspection=introspection), ports, SystemClock())
