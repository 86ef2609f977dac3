"""Makes the door of what the composition root has."""
from server.catalog.service import Catalog
from server.common.clock import SystemClock
from server.graphql.dependencies import GraphQL
from server.graphql.ports import Feed, Json, Ports
from server.graphql.schema import make_schema
from server.responses.mappers import request_hash
from server.responses.schemas import parse_create
from server.responses.service import ResponseService


class ResponsePort:
    """Responses, as this door asks for them."""

    def __init__(self, service: ResponseService) -> None:
        self.service = service
        self.read, self.input_items = service.read, service.input_items
        self.cancel_and_read, self.delete = service.cancel_and_read, service.delete

    async def create(self, user: str, body: Json) -> Json:
        create = parse_create(body)
        feed = await self.service.start(user, create, key_hash=request_hash(body) if create.idempotency_key else "")
        feed.followed = True  # as it were: whoever follows it comes by another way, or never
        return feed.resource()

    async def follow(self, user: str, response_id: str) -> Feed:
        return await self.service.follow(user, response_id)


def make(responses: ResponseService, catalog: Catalog, introspection: bool) -> GraphQL:
    return GraphQL(make_schema(introspection=introspection), Ports(ResponsePort(responses), catalog), SystemClock())
