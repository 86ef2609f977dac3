"""Completions: responses by another name. What goes wrong with one is told by the names that its request has."""
from typing import Protocol

from server.common.errors import ApiError
from server.completions import mappers
from server.completions.schemas import CompletionCreate
from server.responses.feed import Feed
from server.responses.schemas import ResponseCreate


class Responses(Protocol):
    """Where responses are made."""

    async def start(self, user: str, create: ResponseCreate, *, key_hash: str = "") -> Feed:
        """Submit a new one, or find the one that was made for the same key. Raises ApiError, RelayError."""

    async def leave(self, user: str, feed: Feed, create: ResponseCreate) -> None:
        """Who waited for it whole has gone."""


class CompletionService:
    """Starts the response that a completion is. All methods raise ApiError and RelayError."""

    def __init__(self, responses: Responses) -> None:
        self.responses = responses

    async def start(self, user: str, create: CompletionCreate, key_hash: str = "") -> Feed:
        """The feed of the response."""
        try:
            return await self.responses.start(user, mappers.response_create(create), key_hash=key_hash)
        except ApiError as error:
            raise mappers.renamed(error, create) from error

    async def leave(self, user: str, feed: Feed, create: CompletionCreate) -> None:
        """Who waited for it whole has gone. It is stopped, unless somebody could still read it."""
        await self.responses.leave(user, feed, mappers.response_create(create))
