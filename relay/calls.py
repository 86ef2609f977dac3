"""A gateway's verbs on a link: each one call, with what goes in and what comes out; no connection is made here."""
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from relay.errors import IdempotencyMismatch, RelayAway, Unreadable
from relay.events import AnyEvent
from relay.job import encode_request
from relay.keys import Keys
from relay.link import Argument, Link, ms
from relay.records import (
    FIRST_EVENTS,
    Record,
    decode_entry,
    encode_batch,
    encode_events,
    flatten,
    merge,
)
from relay.settings import RelaySettings
from relay.views import (
    GatewayInfo,
    JobView,
    Places,
    Shown,
    Submission,
    Submitted,
    WorkerInfo,
    job_view,
    live_workers,
)

_infos = msgspec.json.Encoder()


class GatewayCalls:
    """What a registered gateway may ask, once `attach` has given it a link; RelayAway before.

    The calls that take a link make up the registration itself, and are for whoever owns that link.
    """

    def __init__(self, name: str, settings: RelaySettings) -> None:
        self.name, self.settings = name, settings
        self._keys = Keys(settings.cell)
        self._link: Link | None = None
        self._token = ""
        self.figures: Callable[[], GatewayInfo] | None = None  # what it says of itself as it renews
        self._follows: set[str] = set()

    @property
    def up(self) -> bool:
        return self._link is not None

    def attach(self, link: Link | None) -> None:
        self._link = link

    async def register(self, link: Link) -> None:
        """A fresh token; a gateway that registers follows nothing."""
        token = await link.call(
            "register", "gateways", self.name, ms(self.settings.deadline_s), ms(self.settings.log_keep_s),
            *self._described())
        self._token = token.decode()

    async def renew(self, link: Link) -> None:
        """Raises Fenced."""
        await link.call(
            "renew", "gateways", self.name, self._token, ms(self.settings.deadline_s), *self._described())

    def _described(self) -> tuple[str, str, int, str]:
        """A registry entry's model, state, room and the whole, as JSON."""
        info = self.figures() if self.figures is not None else GatewayInfo(self.name, "ready")
        return "", info.state or "ready", 0, _infos.encode(info).decode()

    async def deregister(self, link: Link) -> None:
        await link.call("leave", "gateways", self.name, self._token, ms(self.settings.log_keep_s))

    async def take_back(self, link: Link) -> int:
        """Who has been silent for too long; how many were."""
        taken = 0
        while count := int(await link.call("take_back", ms(self.settings.log_keep_s))):  # one worker a call
            taken += count
        return taken

    async def backfill(self, link: Link, shown: Shown) -> bool:
        """False when the grace is over already."""
        request, records = shown.request, merge(shown.records)
        reply = await link.call(
            "backfill", self.name, request.response_id, request.user, request.model, int(request.store),
            encode_request(request), int(request.response_id in self._follows), ms(self.settings.log_keep_s),
            self._keys.idempotency(request.user, request.idempotency_key), request.request_hash,
            ms(self.settings.idempotency_keep_s), len(records), *flatten(records))
        return bool(reply == b"OK")

    def _alive(self) -> Link:
        if self._link is None:
            raise RelayAway
        return self._link

    async def submit(self, submission: Submission) -> Submitted:
        """Raises QueueFull, TooManyInFlight, IdempotencyMismatch, RelayAway.

        Where it is not new, this gateway does not follow it yet.
        """
        request, s = submission.request, self.settings
        response_id, new, waiting, worker = await self._alive().call(
            "submit", self.name, request.response_id, request.user, request.model, int(request.store),
            encode_request(request), encode_events(FIRST_EVENTS),
            self._keys.idempotency(request.user, submission.idempotency_key), submission.request_hash,
            s.max_waiting, s.max_in_flight, ms(s.idempotency_keep_s))
        if new:
            self._follows.add(request.response_id)
        return Submitted(response_id.decode(), bool(new), int(waiting or 0), bool(worker))

    async def find_submitted(self, user: str, key: str, request_hash: str) -> str | None:
        """The response that was made for this idempotency key; None if none is known. Raises IdempotencyMismatch."""
        known: bytes | None = await self._alive().command("GET", self._keys.idempotency(user, key))
        if known is None:
            return None
        response_id, its_hash, *_ = known.decode().split("\n")
        if its_hash != request_hash:
            raise IdempotencyMismatch
        return response_id

    async def follow(self, response_id: str) -> bool:
        """This gateway gets the response's batches from now on; False if there is no such job."""
        link = self._alive()
        self._follows.add(response_id)
        return await self._follow(link, response_id)

    async def _follow(self, link: Link, response_id: str) -> bool:
        found = int(await link.call("follow", self.name, response_id))  # 0 gone, 1 followed, 2 ended
        if found != 1:
            self._follows.discard(response_id)
        return found > 0

    async def unfollow(self, response_id: str, idle_s: float = 0.0) -> None:
        """No more of it; nobody here has watched it for `idle_s`."""
        self._follows.discard(response_id)
        await self._alive().call("unfollow", self.name, response_id, ms(idle_s))

    async def responses_of(self, user: str) -> list[str]:
        """The user's responses that have not ended."""
        return [name.decode() for name in await self._alive().command("SMEMBERS", self._keys.user(user))]

    async def unwatched(self, for_s: float) -> list[str]:
        """Responses that are not to be stored and that no gateway has followed for so long; some, if there are many."""
        return [response_id.decode() for response_id in await self._alive().call("unwatched", ms(for_s))]

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        """`ended` (it was never leased; `terminal` is written), `asked` (its worker is nudged), `gone`, `was_ended`.

        The reason `queue_timeout` acts only on a job that was never leased; another is left alone: `leased`. The reason
        `detached` acts only on one that nobody follows: else `followed`.
        """
        record = Record(response_id, attempt=0, after=1, first=2, events=terminal)
        if record.end is None:
            raise ValueError("the last event of `terminal` must be an Ended")
        reply = await self._alive().call(
            "cancel", response_id, reason, encode_batch(record.end.at, [record]), encode_events(terminal),
            record.end.status, ms(self.settings.inbox_keep_s), ms(self.settings.log_keep_s), record.first, record.last)
        return str(reply.decode())

    async def log(self, response_id: str, after: int = -1) -> list[Record]:
        """The log's records that hold numbers beyond `after`, in order; none where there is none. Raises Unreadable."""
        entries = await self._alive().command("XRANGE", self._keys.log(response_id), "-", "+")
        try:
            records = [decode_entry(response_id, fields[1::2]) for _, fields in entries]
        except ValueError:  # msgspec's errors are ones too
            raise Unreadable from None
        return [record for record in records if record.last > after]

    async def find(self, response_id: str) -> JobView | None:
        """Raises Unreadable."""
        fields: list[Any] = await self._alive().command("HGETALL", self._keys.job(response_id))
        try:
            return job_view(response_id, dict(zip(fields[::2], fields[1::2], strict=True))) if fields else None
        except msgspec.DecodeError:
            raise Unreadable from None

    async def places(self, asked: Mapping[str, Sequence[str]]) -> dict[str, Places]:
        """Where responses stand in their models' queues, by model. One call, however many there are."""
        arguments: list[Argument] = []
        for model, ids in asked.items():
            arguments += (model, len(ids), *ids)
        told = await self._alive().call("places", *arguments) if arguments else []
        return {
            model: Places(int(waiting), int(handed_over), {
                response_id: int(place) for response_id, place in zip(ids, places, strict=True) if place})
            for (model, ids), (waiting, handed_over, places) in zip(asked.items(), told, strict=True)}

    async def workers(self) -> list[WorkerInfo]:
        """Those that are registered, by name."""
        return live_workers(await self._alive().command("HGETALL", self._keys.workers))

    async def waiting(self) -> dict[str, int]:
        """How many jobs wait, by model."""
        return {model.decode(): int(count) for model, count in await self._alive().call("waiting")}
