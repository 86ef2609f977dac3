"""One plain connection to Redis: connect, check that Redis is fit, load the scripts, say hello; then call verbs.

It never reconnects: a connection that broke, a script that is not there, or an answer that does not come mean LinkLost,
and whoever owns the link opens another. Calls may overlap, and be cancelled; answers come in the order of the calls.
"""
import asyncio
import hashlib
from collections import deque
from dataclasses import dataclass
from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from relay import scripts
from relay.errors import (
    Fenced,
    IdempotencyMismatch,
    LinkLost,
    QueueFull,
    RedisUnfit,
    RelayAway,
    RelayError,
    RelayWait,
    TooManyInFlight,
)
from relay.keys import Keys
from relay.settings import RelaySettings
from relay.wire import Wire

CONNECT_TIMEOUT_S = 2
OLDEST_REDIS = (6, 2)  # XADD MINID, ZADD GT, LPOS, XAUTOCLAIM
OUT_OF_MEMORY_WAIT_S = 1.0

Argument = str | bytes | int | float

_SOURCES = {verb: scripts.source(verb) for verb in scripts.VERBS}
_SHAS = {verb: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() for verb, text in _SOURCES.items()}


@dataclass(frozen=True, slots=True)
class Hello:
    """The run of Redis that was reached, and how long its grace still lasts (0: none)."""

    run: str
    grace_s: float


class Link:
    """Made by `open`; to be closed by its owner."""

    def __init__(self, settings: RelaySettings) -> None:
        self._settings, self._prefix = settings, Keys(settings.cell).prefix
        pool = ConnectionPool.from_url(
            settings.url, protocol=2, socket_timeout=None, socket_connect_timeout=CONNECT_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0), retry_on_error=[], driver_info=None)
        self._connection: Any = pool.connection_class(**pool.connection_kwargs)
        self._wire = Wire(self._answer, self._lose)
        # Calls and by when each wants its answer; what waits to be sent is bounded by those who wait here.
        self._waiting: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._alarm: asyncio.TimerHandle | None = None  # one for all calls: each would cost as much as a few tokens
        self._lost = ""

    @classmethod
    async def open(cls, settings: RelaySettings, *, scripts: bool = True) -> "Link":
        """Connect; with `scripts`, check Redis and load them. Raises RelayAway, RedisUnfit."""
        link = cls(settings)
        try:
            await asyncio.wait_for(link._connection.connect(), CONNECT_TIMEOUT_S)
            link._wire.take_over(link._connection)
            if scripts:
                await link._prepare()
        except (RedisError, OSError, TimeoutError) as error:
            await link.close()
            raise RelayAway from error
        except BaseException:  # cancelled while it connects: the socket may be open already
            await link.close()
            raise
        return link

    async def _prepare(self) -> None:
        server, memory = await asyncio.gather(self.command("INFO", "server"), self.command("INFO", "memory"))
        check_fit(fields(server) | fields(memory))
        await asyncio.gather(*[self.command("SCRIPT", "LOAD", text) for text in _SOURCES.values()])

    async def hello(self, known_run: str, *, holds: bool) -> Hello:
        """Before every other verb. `holds`: this process runs or shows something that Redis may have lost."""
        run, grace = await self.call("hello", known_run, int(holds), ms(self._settings.grace_s))
        return Hello(run.decode(), int(grace) / 1000)

    async def call(self, verb: str, *args: Argument) -> Any:
        """Run a verb's script. Raises LinkLost, RelayWait, Fenced and the other errors that the verb may answer."""
        return await self.command("EVALSHA", _SHAS[verb], 1, self._prefix, *args)

    async def command(self, *args: Argument, timeout_s: float | None = None) -> Any:
        """Run one command. Without an answer in time the link is lost. Raises as `call`."""
        if self._lost:
            raise LinkLost(self._lost)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._wire.write(args)
        due_at = loop.time() + (timeout_s or self._settings.call_timeout_s)
        self._waiting.append((future, due_at))
        if self._alarm is None or self._alarm.when() > due_at:
            self._wake_at(loop, due_at)
        try:
            return await future
        except ResponseError as error:
            known = _known_error(str(error), self._settings)
            if known is None:
                self._lose(f"Redis refuses a command: {error}")
                raise LinkLost(f"Redis refuses a command: {error}") from error
            raise known from None

    async def close(self) -> None:
        self._lose("The link was closed.")
        await self._connection.disconnect(nowait=True)

    def _wake_at(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = loop.call_at(when, self._look_at_clock, loop)

    def _look_at_clock(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whose answer is overdue has lost the link for all; nobody waits for that of a call that was cancelled."""
        self._alarm = None
        due = [due_at for future, due_at in self._waiting if not future.done()]
        if due and min(due) <= loop.time():
            self._lose("Redis does not answer.")
        elif due:
            self._wake_at(loop, min(due))

    def _lose(self, why: str) -> None:
        """Nothing is sent from now on (redis-py would reconnect by itself), and who waits is told."""
        self._lost = self._lost or why
        self._wire.abort()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        while self._waiting:
            future, _ = self._waiting.popleft()
            if not future.done():
                future.set_exception(LinkLost(self._lost))

    def _answer(self, answer: Any) -> None:
        """Give it to the call that it belongs to, whether anybody still waits for it or not."""
        if not self._waiting:
            return
        future, _ = self._waiting.popleft()
        if future.done():
            return
        if isinstance(answer, ResponseError):
            future.set_exception(answer)
        else:
            future.set_result(answer)


def check_fit(info: dict[str, str]) -> None:
    """Raises RedisUnfit for a Redis that may throw keys away, or is too old."""
    version = info.get("redis_version", "0")
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < OLDEST_REDIS:
        raise RedisUnfit(f"Redis {version} is too old for Parley; use Redis 6.2 or later, or Valkey.")
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise RedisUnfit(
            f"Redis may throw keys away (maxmemory-policy is {policy}); set it to noeviction, or use another Redis.")


async def check(settings: RelaySettings) -> None:
    """Try once whether Redis can be used. Raises RelayAway, RedisUnfit."""
    link = await Link.open(settings)
    await link.close()


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def fields(info: bytes) -> dict[str, str]:
    lines = info.decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _known_error(message: str, settings: RelaySettings) -> RelayError | None:
    """What a script has answered on purpose; None for anything else."""
    word, _, rest = message.partition(" ")
    match word:
        case "FENCED":
            return Fenced()
        case "WAIT":
            return RelayWait(int(rest.split()[0]) / 1000)
        case "MISMATCH":
            return IdempotencyMismatch()
        case "IN_FLIGHT":
            return TooManyInFlight(settings.max_in_flight)
        case "FULL":
            return QueueFull(rest, settings.max_waiting)
    if "OOM" in message or "command not allowed when used memory" in message:
        return RelayWait(OUT_OF_MEMORY_WAIT_S)  # refused before the first write
    return None
