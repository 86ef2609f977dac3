"""One loader per relation: what many resolvers of one operation ask for is fetched once, and together."""
import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from strawberry.dataloader import DataLoader

from server.common.errors import NotFound
from server.graphql.ports import Json, Ports

T = TypeVar("T")


class Loaders:
    """Of one user's operation."""

    def __init__(self, user: str, ports: Ports) -> None:
        responses = ports.responses
        self.responses: DataLoader[str, Json | None] = DataLoader(
            _each(lambda response_id: _found(responses.read(user, response_id))))
        self.input_items: DataLoader[str, list[Json]] = DataLoader(
            _each(lambda response_id: responses.input_items(user, response_id)))


def _each(load: Callable[[str], Awaitable[T]]) -> Callable[[list[str]], Awaitable[list[T | BaseException]]]:
    """For what can only be fetched one by one: each once, all at the same time."""

    async def load_all(keys: list[str]) -> list[T | BaseException]:
        return await asyncio.gather(*(load(key) for key in keys), return_exceptions=True)

    return load_all


async def _found(read: Awaitable[Json]) -> Json | None:
    try:
        return await read
    except NotFound:
        return None


