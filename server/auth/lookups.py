"""Whose a proof is: looked up many at a time, remembered for seconds, and forgotten when it is revoked anywhere.

One task asks the database, once a second what was revoked, and in between whatever is waited for, all in one question:
ten thousand sockets that come back at once are a score of queries. Revocations are read before anything is looked up,
so nothing is remembered that was revoked before.
"""
import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from loguru import logger

from server.auth.grants import Grants
from server.auth.schemas import Grant, Kind, Proof, User
from server.common.clock import Clock
from server.common.database import UNREACHABLE, brief
from server.common.errors import ApiError, Code, Unavailable

BATCH = 500
WATCH_S = 1.0
REMEMBER_S = 5.0
TELL_USE_S = 20.0
PATIENCE_S = 8.0  # for an answer of the database
KEEP_REVOCATIONS_S = 24 * 3600.0
OVERLAP = 200  # ids are given before a transaction ends, so a lower one may come to be seen after a higher one


@dataclass(frozen=True, slots=True)
class Found:
    """What a proof is good for. `id` is the grant's, which revocations name."""

    id: str
    user: User
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Revocation:
    """`code` None: nothing has ended, but what is known of the subject's user is out of date."""

    id: int
    subject: str
    code: Code | None


class IdentityStore(Protocol):
    """All raise what a driver raises when its database is away."""

    async def look_up(self, proofs: Collection[Proof], now: float) -> Mapping[Proof, Found | ApiError]: ...
    async def last_revocation(self) -> int: ...
    async def revocations(self, after: int) -> list[Revocation]: ...
    async def forget(self, revoked_before: float, expired_before: float) -> None: ...
    async def used(self, grants: Mapping[str, float], users: Mapping[str, float]) -> None: ...


class Lookups:
    """`find` is for requests; `run` is its one task."""

    def __init__(self, store: IdentityStore, grants: Grants, clock: Clock) -> None:
        self.store, self.grants, self.clock = store, grants, clock
        self.queries = 0
        self._known: dict[Proof, tuple[Grant, float]] = {}
        self._waiting: dict[Proof, asyncio.Future[Grant]] = {}  # each is waited for by a request: they are bounded
        self._wake = asyncio.Event()
        self._used: dict[str, float] = {}
        self._here: dict[str, float] = {}  # users, as what was used: so many as come between two tellings
        self._read_to: int | None = None
        self._seen: set[int] = set()
        self._watch_at = self._tell_at = self._sweep_at = 0.0
        self._failing = False

    async def find(self, proof: Proof) -> Grant:
        """Raises NotAllowed, and Unavailable while the database is away."""
        known = self._known.get(proof)
        if known is None or known[0].ended is not None or known[1] < self.clock.monotonic():
            grant = await self._ask(proof)
        else:
            grant = known[0]
        now = self.clock.now()
        self._used[grant.id] = now
        if grant.user.has_account:
            self._here[grant.user.id] = now
        return grant

    def left(self, user_id: str) -> None:
        """Whoever had something open has it no more."""
        self._here[user_id] = self.clock.now()

    def revoked(self) -> None:
        """Something was, here: see to it now, and not within a second."""
        self._watch_at = 0.0
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_S):
                    await self._wake.wait()
            self._wake.clear()
            await self.round()

    async def round(self) -> None:
        """Read what was revoked, if that is due, and then answer who waits."""
        batch = dict(list(self._waiting.items())[:BATCH])
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._watch()
                if batch:
                    self._settle(batch, await self.store.look_up(batch, self.clock.now()))
                    self.queries += 1
                await self._tell_use()
        except UNREACHABLE as error:
            self._fail(batch, error)
        else:
            self._failing = False
        for proof in batch:
            self._waiting.pop(proof, None)
        if self._waiting:
            self._wake.set()

    async def _ask(self, proof: Proof) -> Grant:
        future = self._waiting.get(proof)
        if future is None:
            future = self._waiting[proof] = asyncio.get_running_loop().create_future()
            future.add_done_callback(lambda done: done.cancelled() or done.exception())  # who asked may have left
            self._wake.set()
        try:
            async with asyncio.timeout(2 * PATIENCE_S):
                return await asyncio.shield(future)
        except TimeoutError:
            raise _unavailable() from None

    def _settle(self, batch: Mapping[Proof, asyncio.Future[Grant]], answers: Mapping[Proof, Found | ApiError]) -> None:
        until = self.clock.monotonic() + REMEMBER_S
        for proof, future in batch.items():
            answer = answers[proof]
            if isinstance(answer, ApiError):
                future.set_exception(answer)
                continue
            grant = self.grants.take(answer.id, answer.user, answer.expires_at)
            self._known[proof] = grant, until
            future.set_result(grant)

    def _fail(self, batch: Mapping[Proof, asyncio.Future[Grant]], error: BaseException) -> None:
        if not self._failing:
            logger.warning("Who asks cannot be looked up now, nor what was revoked: {}", brief(error))
        self._failing = True
        for proof, future in batch.items():
            if future.done():
                continue
            if proof.kind is Kind.GUEST:  # a visitor of a local installation chats on; docs/decisions/0014
                future.set_result(self.grants.take(f"guest:{proof.value}", User(proof.value)))
            else:
                future.set_exception(_unavailable())

    async def _watch(self) -> None:
        now = self.clock.monotonic()
        if now < self._watch_at:
            return
        if self._read_to is None:
            self._read_to = await self.store.last_revocation()
            self._seen = {known.id for known in await self.store.revocations(self._read_to - OVERLAP)}
        for revocation in await self.store.revocations(self._read_to - OVERLAP):
            if revocation.id not in self._seen:
                self._apply(revocation)
        self._seen = {number for number in self._seen if number >= self._read_to - 2 * OVERLAP}
        self.grants.end_expired(self.clock.now())
        self._watch_at = now + WATCH_S
        await self._sweep(now)

    def _apply(self, revocation: Revocation) -> None:
        assert self._read_to is not None  # noqa: S101 - it has been read to somewhere
        self._seen.add(revocation.id)
        self._read_to = max(self._read_to, revocation.id)
        if revocation.code is None:
            self._known.clear()
        else:
            self.grants.end(revocation.subject, revocation.code)

    async def _sweep(self, now: float) -> None:
        """What nobody has asked for lately is let go of, here; and in the database what is over for every gateway."""
        self._known = {proof: known for proof, known in self._known.items() if known[1] >= now}
        if now >= self._sweep_at:
            self._sweep_at = now + 3600
            await self.store.forget(self.clock.now() - KEEP_REVOCATIONS_S, self.clock.now())

    async def _tell_use(self) -> None:
        now = self.clock.monotonic()
        if now < self._tell_at:
            return
        used, here, self._used, self._here = self._used, self._here, {}, {}
        self._tell_at = now + TELL_USE_S
        if used or here:
            await self.store.used(used, here)


def _unavailable() -> Unavailable:
    return Unavailable(
        Code.ACCOUNTS_UNAVAILABLE, "Accounts and keys cannot be looked up now; try again in a few seconds.")
