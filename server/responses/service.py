"""What can be done with responses: make one, follow, stop, read and forget it. Knows no HTTP, no SQL and no Redis.

Ownership is checked here, on every one: somebody else's response is one that does not exist.
"""
import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from relay.errors import RelayError
from relay.events import AnyEvent, Ended
from relay.job import Request
from relay.records import Record
from relay.views import JobView, Submission, Submitted
from server.common import ids
from server.common.clock import Clock
from server.common.errors import ApiError, BadRequest, Code, NotFound, Unavailable
from server.responses import mappers
from server.responses.abilities import check_abilities
from server.responses.chains import Past
from server.responses.feed import Feed, ResponseGone
from server.responses.hub import Hub
from server.responses.place import parent_of
from server.responses.references import find_references
from server.responses.resource import input_items
from server.responses.schemas import ResponseCreate

CANCEL_S = 5.0  # how long the answer to a cancel waits for the terminal event


class Relay(Protocol):
    """Where responses are made. All raise RelayError."""

    async def submit(self, submission: Submission) -> Submitted: ...
    async def find_submitted(self, user: str, key: str, request_hash: str) -> str | None: ...
    async def find(self, response_id: str) -> JobView | None: ...
    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str: ...


class Stored(Protocol):
    """A response that has ended."""

    @property
    def request(self) -> Request: ...
    @property
    def response(self) -> dict[str, Any]: ...


class History(Protocol):
    """Responses that have ended and were to be stored."""

    async def find(self, response_id: str, user: str) -> Stored | None:
        """None if there is none that this user may see. Raises Unavailable, RelayError."""

    async def find_many(self, response_ids: Sequence[str], user: str) -> Mapping[str, Stored]:
        """Those of them that `find` would find, by id. Raises Unavailable, RelayError."""

    async def records(self, response_id: str) -> list[Record]:
        """The events of what `find` has found, where they were kept with it. Raises Unavailable."""

    async def delete(self, response_id: str, user: str) -> None:
        """Raises NotFound, Unavailable, RelayError."""


class Placed(Protocol):
    """Where a response goes in its conversation: behind this turn (empty: none), with these items before it."""

    @property
    def parent_id(self) -> str: ...
    @property
    def items(self) -> list[dict[str, Any]]: ...


class Conversations(Protocol):
    """Trees of turns, which responses can be part of."""

    async def place(self, user: str, conversation_id: str, parent_id: str | None = None) -> Placed:
        """`parent_id`: empty for no turn, None for the end of the active branch.

        Raises NotFound, LimitReached, Unavailable, RelayError.
        """

    async def begin(self, request: Request) -> None:
        """A response of a conversation was submitted."""


class Catalog(Protocol):
    """Which models there are."""

    async def resolve(self, name: str | None) -> str:
        """The model to ask for; the default one where none is named. Raises NotFound, Unavailable, RelayError."""

    async def capabilities(self, name: str) -> frozenset[str] | None:
        """What a model can do beyond text; None where that is not known. Raises RelayError."""


class ResponseService:
    """All methods raise ApiError and RelayError. `user` is always the id of who asks."""

    def __init__(
        self, *, relay: Relay, hub: Hub, history: History, conversations: Conversations, catalog: Catalog, clock: Clock,
        max_input_bytes: int,
    ) -> None:
        self.relay, self.hub, self.history, self.catalog = relay, hub, history, catalog
        self.conversations = conversations
        self.soon = hub.soon
        self.clock = clock
        self.max_input_bytes = max_input_bytes  # of all that a response is given, as JSON

    async def start(self, user: str, create: ResponseCreate, *, key_hash: str = "", past: Past | None = None) -> Feed:
        """Submit a new response; or find the one that was made for the same idempotency key.

        `past` is the response that it continues, where the socket remembers it.
        """
        try:
            request = await self._request(user, create, key_hash, past)
        except ApiError:  # what it needs may be gone by now, and the answer that was made for its key not
            if (made := await self._made(user, create, key_hash)) is None:
                raise
            return made
        feed = self.hub.open(request)  # before it is submitted, so that no batch is missed
        try:
            submitted = await self.relay.submit(Submission(request, key_hash, create.idempotency_key))
        except BaseException:
            self.hub.drop(request.response_id)
            raise
        if submitted.new:
            if request.conversation:
                await self.conversations.begin(request)
            return feed
        self.hub.drop(request.response_id)
        return await self.follow(user, submitted.response_id)

    async def take_up(self, user: str, create: ResponseCreate, key_hash: str) -> Feed:
        """The response that was made for the request's idempotency key; never a new one. Raises NotFound."""
        if (made := await self._made(user, create, key_hash)) is None:
            raise NotFound(
                Code.RESPONSE_NOT_FOUND,
                "No response is known that was made for this idempotency key; ask without Last-Event-ID to make one.",
                "idempotency_key",
            )
        return made

    async def follow(self, user: str, response_id: str) -> Feed:
        """The feed of a response: from the relay as long as that has its log, then from what was stored with it."""
        located = await self._locate(user, response_id)
        if isinstance(located, Feed):
            return located
        away: RelayError | None = None
        try:
            return await self.hub.attach(response_id)
        except ResponseGone:
            pass
        except RelayError as error:
            away = error
        if records := await self.history.records(response_id):
            return self.hub.replay(located.request, records)
        raise away or self._not_found(response_id)  # it may have ended just now, and be saved in a moment

    def past_of(self, feed: Feed) -> Past | None:
        """What a response that has ended is to the one that continues it; None if it failed."""
        response = feed.resource()
        return None if response["status"] == "failed" else mappers.past(feed.request, response["output"])

    async def read(self, user: str, response_id: str) -> dict[str, Any]:
        """The response resource, as far as it has come."""
        located = await self._locate(user, response_id)
        return located.resource() if isinstance(located, Feed) else located.response

    async def read_many(self, user: str, response_ids: Sequence[str]) -> dict[str, tuple[Request, dict[str, Any]]]:
        """Those that the user may see, by id: what was asked, and the resource as far as it has come."""
        feeds = await asyncio.gather(*[self._live(user, name) for name in response_ids])
        found = {
            name: (feed.request, feed.resource()) for name, feed in zip(response_ids, feeds, strict=True)
            if feed is not None}
        rest = [name for name in response_ids if name not in found]
        stored = await self.history.find_many(rest, user) if rest else {}
        return found | {name: (one.request, one.response) for name, one in stored.items()}

    async def _live(self, user: str, response_id: str) -> Feed | None:
        """The feed of what the history has not: None for what it may have, and for what is not the user's."""
        feed = self.hub.find(response_id)
        if feed is not None and feed.loaded and not feed.done.is_set():
            return feed if feed.request.user == user else None
        with suppress(RelayError, ResponseGone):
            job = await self.relay.find(response_id)
            if job is not None and job.request.user == user and (job.state != "ended" or not job.store):
                return await self.hub.attach(response_id)
        return None

    async def input_items(self, user: str, response_id: str) -> list[dict[str, Any]]:
        """The response's own input, in order, each item with an id."""
        return input_items((await self._locate(user, response_id)).request)

    async def cancel(self, user: str, response_id: str) -> None:
        """Stop it; its terminal event follows. One that has ended stays as it is."""
        located = await self._locate(user, response_id)
        if isinstance(located, Feed) and not located.done.is_set():
            terminal = Ended("incomplete", self.clock.now(), reason="cancelled")
            await self.relay.cancel(response_id, terminal=[terminal])

    async def cancel_and_read(self, user: str, response_id: str) -> dict[str, Any]:
        """Stop it, wait a little for its end, and say how it stands."""
        await self.cancel(user, response_id)
        located = await self._locate(user, response_id)
        if isinstance(located, Feed):
            with suppress(TimeoutError):
                async with asyncio.timeout(CANCEL_S):
                    await located.done.wait()
            return located.resource()
        return located.response

    async def leave(self, user: str, feed: Feed, create: ResponseCreate) -> None:
        """Who waited for it whole has gone. Generation goes on, unless nobody could ever read what it makes."""
        if create.store is False and create.idempotency_key is None:
            await self.cancel(user, feed.request.response_id)

    async def delete(self, user: str, response_id: str) -> None:
        """Forget it."""
        located = await self._locate(user, response_id)
        if isinstance(located, Feed) and not located.done.is_set():
            raise BadRequest(Code.INVALID_VALUE, "The response has not ended; cancel it first.", "response_id")
        await self.history.delete(response_id, user)
        self.hub.drop(response_id)

    async def _request(self, user: str, create: ResponseCreate, key_hash: str, past: Past | None) -> Request:
        if create.conversation is not None:
            past = await self._placed(user, create, create.conversation.id)
        elif past is None:
            past = await self._past(user, create.previous_response_id)
        model = await self.catalog.resolve(create.model)
        found = await find_references(create, past, partial(self._items, user))
        parent_id = past.response_id if past is not None and create.conversation is not None else ""
        origin = mappers.Origin(user, ids.response_id(), model, self.clock.now(), key_hash, parent_id)
        request = mappers.relay_request(create, origin, past, self.max_input_bytes, found)
        check_abilities(request, await self.catalog.capabilities(model))
        return request

    async def _items(self, user: str, response_id: str) -> list[dict[str, Any]]:
        """A response's own items, as context for another; what it says is among them once that is all there."""
        located = await self._locate(user, response_id)
        if isinstance(located, Feed):
            output = located.resource()["output"] if located.done.is_set() else []
        else:
            output = located.response["output"]
        return mappers.own_items(located.request, output)

    async def _made(self, user: str, create: ResponseCreate, key_hash: str) -> Feed | None:
        if create.idempotency_key is None:
            return None
        response_id = await self.relay.find_submitted(user, create.idempotency_key, key_hash)
        return None if response_id is None else await self.follow(user, response_id)

    async def _placed(self, user: str, create: ResponseCreate, conversation_id: str) -> Past:
        """What comes before it in its conversation, and behind which turn it goes.

        While the database is away chat goes on behind what the relay still has.
        """
        earlier = create.previous_response_id
        try:
            placed = await self.conversations.place(user, conversation_id, parent_of(create))
        except NotFound as error:
            if earlier is None or error.code is not Code.TURN_NOT_FOUND:
                raise
            raise NotFound(Code.PREVIOUS_RESPONSE_NOT_FOUND, error.message, "previous_response_id") from None
        except Unavailable:
            stored = await self.history.find(earlier, user) if earlier is not None else None
            if stored is None or stored.request.conversation != conversation_id:
                raise
            return mappers.past(stored.request, stored.response["output"])
        return Past(placed.parent_id, placed.items, mappers.size_bytes(placed.items))

    async def _past(self, user: str, response_id: str | None) -> Past | None:
        if response_id is None:
            return None
        feed = self.hub.find(response_id)
        if feed is not None and feed.request.user == user and not feed.done.is_set():
            raise BadRequest(
                Code.INVALID_VALUE, f"`{response_id}` has not ended, so it cannot be continued.", "previous_response_id"
            )
        stored = await self.history.find(response_id, user)
        if stored is None or stored.response["status"] == "failed":
            raise NotFound(
                Code.PREVIOUS_RESPONSE_NOT_FOUND,
                f"There is no response `{response_id}` to go on from: it is unknown, failed, or was not stored.",
                "previous_response_id",
            )
        return mappers.past(stored.request, stored.response["output"])

    async def _locate(self, user: str, response_id: str) -> Feed | Stored:
        """The feed where the history has it not: it goes on, or was not to be stored. Else what the history has."""
        feed = self.hub.find(response_id)
        if feed is not None and feed.loaded and not feed.done.is_set():
            self._check_owner(user, feed.request)
            return feed
        away: RelayError | None = None
        try:
            job = await self.relay.find(response_id)
        except RelayError as error:
            job, away = None, error
        if job is not None and (job.state != "ended" or not job.store):
            self._check_owner(user, job.request)
            return await self.hub.attach(response_id)
        if (stored := await self.history.find(response_id, user)) is not None:
            return stored
        raise away or self._not_found(response_id)

    def _check_owner(self, user: str, request: Request) -> None:
        if request.user != user:
            raise self._not_found(request.response_id)

    def _not_found(self, response_id: str) -> NotFound:
        named = response_id[:128]
        error = NotFound(Code.RESPONSE_NOT_FOUND, f"There is no response `{named}` of yours.", "response_id")
        error.response_id = named
        return error
