"""The real scripts on a real Redis whose time, runs and lost writes are the test's: calls are executed at once, without
an event loop, so that thousands of histories take seconds.
"""
import hashlib
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec
import redis

from relay import scripts
from relay.errors import Fenced, LinkLost, RelayWait
from relay.link import Argument, Link, _known_error
from relay.settings import RelaySettings
from tests.integration.relay.world import KEYS, Client

BEGIN_MS = 10**12  # older than any id of a stream, so that nothing is trimmed
KEPT = 6  # the last writes that a restart may lose

# What a script may not know of the world: KEYS[2] is the time in ms, KEYS[3] the run of Redis.
PRELUDE = """
local real = redis
local redis = setmetatable({}, {__index = real})
function redis.call(name, ...)
  if name == 'TIME' then return {math.floor(KEYS[2] / 1000), KEYS[2] % 1000 * 1000} end
  if name == 'INFO' then return 'run_id:' .. KEYS[3] end
  return real.call(name, ...)
end
"""
SAVE = """
local saved = {}
for _, key in ipairs(redis.call('KEYS', '*')) do saved[#saved + 1] = {key, redis.call('DUMP', key)} end
table.sort(saved, function(a, b) return a[1] < b[1] end)
return saved
"""
FACTS = """
local run = redis.call('HMGET', KEYS[1] .. 'run', 'grace_from', 'grace_until')
return {run[1] or '0', run[2] or '0', redis.call('HKEYS', KEYS[1] .. 'workers')}
"""
READS = {"look", "places", "waiting"}
IN_GRACE = READS | {"hello", "backfill", "rejoin"}

Fate = Literal["never", "unanswered", "late"]
"""What becomes of a call under which the connection breaks: never executed, executed, or executed some day."""

Call = tuple[str, tuple[Argument, ...]]
Saved = list[list[bytes]]  # key and DUMP
T = TypeVar("T")


class InGrace(Exception):
    """A worker came to rejoin before its half of the grace."""


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of what never has to wait."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
    coroutine.close()
    raise RuntimeError("it waits for something")


@dataclass(frozen=True)
class Facts:
    """What the run's hash and the registry say."""

    grace_from: int
    grace_until: int
    workers: list[str]

    @property
    def half(self) -> int:
        return (self.grace_from + self.grace_until) // 2


class Ledger:
    """Whose token is good, by what has been seen of the calls: the other side of what the scripts decide."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}  # by worker

    def void(self, name: str) -> None:
        self.tokens.pop(name, None)

    def is_good(self, name: str, token: str) -> bool:
        return self.tokens.get(name) == token


class StagedRedis:
    """One Redis, emptied by `reset`. `texts` are scripts that differ from the real ones; `checked_before`: the look at
    an append's token is done when the call is made, not when it is executed. `strict`: a void token that is obeyed, or
    a good one that is refused, is a failure by itself.
    """

    strict = True

    def __init__(self, client: Client, texts: Mapping[str, str] | None = None, *, checked_before: bool = False) -> None:
        self.client = client
        pool = client.connection_pool
        self._raw: Any = pool.connection_class(**pool.connection_kwargs | {"protocol": 2})
        self.checked_before = checked_before
        self._shas = {}
        for verb in scripts.VERBS:
            text = PRELUDE + (texts or {}).get(verb, scripts.source(verb))
            client.script_load(text)
            self._shas[verb] = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.reset()

    def close(self) -> None:
        self._raw.disconnect()

    def reset(self) -> None:
        self.client.flushall()
        self.now_ms, self.run, self.writes = BEGIN_MS, 1, 0
        self._facts: tuple[tuple[int, int], Facts] | None = None
        self.ledger = Ledger()
        self.past: deque[Saved] = deque(maxlen=KEPT)
        self.flying: list[Call] = []

    def command(self, *args: Argument) -> Any:
        """Any command, its answer as Redis gives it."""
        self._raw.send_command(*args)
        return self._raw.read_response()

    def facts(self) -> Facts:
        at = self.run, self.writes
        if self._facts is None or self._facts[0] != at:
            grace_from, grace_until, workers = self.command("EVAL", FACTS, 1, KEYS.prefix)
            facts = Facts(int(grace_from), int(grace_until), sorted(name.decode() for name in workers))
            self._facts = at, facts
        return self._facts[1]

    def save(self) -> Saved:
        saved: Saved = self.command("EVAL", SAVE, 0)
        return saved

    def restart(self, lost: int) -> None:
        """As it was before the last `lost` writes, or as far back as it may be; no connection survives."""
        if lost and self.past:
            pipe = self.client.pipeline(transaction=False)
            pipe.flushall()
            for key, value in self.past[-min(lost, len(self.past))]:
                pipe.restore(key, 0, value)
            pipe.execute()
        self.past.clear()
        self.flying.clear()
        self.ledger = Ledger()  # whoever wants to write must rejoin
        self.run += 1
        self.now_ms += 50

    def execute(self, verb: str, args: tuple[Argument, ...], settings: RelaySettings) -> Any:
        """One script. Raises what it answers; AssertionError if it obeys a void token, or refuses a good one."""
        self.now_ms += 1
        owners = self._owners() if verb == "rejoin" else {}
        writer = _writer(verb, args)
        good = writer is None or self.ledger.is_good(*writer) or not self.strict
        call: tuple[Argument, ...] = (
            "EVALSHA", self._shas[verb], 3, KEYS.prefix, self.now_ms, f"run{self.run}", *args)
        before, reply = None, None
        try:
            if verb in READS:
                reply = self.command(*call)
            else:
                before, reply = self._both(("EVAL", SAVE, 0), call)
            if isinstance(reply, Exception):
                raise reply
        except redis.ResponseError as error:
            known = _known_error(str(error), settings)
            if known is None:
                raise
            assert self._has_not_changed(before), f"{verb} was refused ({known}), and has written something"
            wrong = isinstance(known, Fenced) and writer and good and self.strict
            assert not wrong, f"{verb} of {writer} is refused, whose token is good"
            raise known from None
        if before is not None:
            self.past.append(before)
            self.writes += 1
        assert good, f"{verb} of {writer} is obeyed, whose token is void"
        self._note(verb, args, reply, owners)
        in_grace = self.now_ms < self.facts().grace_until
        assert not (self.strict and in_grace) or verb in IN_GRACE, f"{verb} is obeyed in the grace"
        return reply

    def _has_not_changed(self, before: Saved | None) -> bool:
        """Since it was saved. A set's DUMP is in the order of its table, which grows and shrinks in passing."""
        after = self.save()
        return before is None or after == before or self._contents(after) == self._contents(before)

    def _contents(self, saved: Saved) -> dict[bytes, Any]:
        """Values by key; those that have no order without one."""
        found: dict[bytes, Any] = {}
        for key, dumped in saved:
            self.client.restore("compared", 0, dumped, replace=True)
            match self.client.type("compared"):
                case b"set":
                    found[key] = self.client.smembers("compared")
                case b"hash":
                    found[key] = self.client.hgetall("compared")
                case _:
                    found[key] = dumped
        self.client.delete("compared")
        return found

    def _both(self, first: tuple[Argument, ...], second: tuple[Argument, ...]) -> tuple[Any, Any]:
        """Two commands in one go; an error of the second is its result."""
        self._raw.send_packed_command(self._raw.pack_commands([first, second]))
        one = self._raw.read_response()
        try:
            return one, self._raw.read_response()
        except redis.ResponseError as error:
            return one, error

    def token_is_current(self, name: str, token: str) -> bool:
        packed = self.client.hget(KEYS.workers, name)
        return bool(packed) and msgspec.msgpack.decode(packed)[0] == token

    def _note(self, verb: str, args: tuple[Argument, ...], reply: Any, owners: dict[str, str]) -> None:
        tokens = self.ledger.tokens
        if verb == "register" and args[0] == "workers":
            tokens[str(args[1])] = reply.decode()
        elif verb == "leave" and args[0] == "workers":
            self.ledger.void(str(args[1]))
        elif verb == "take_back":
            for name in tokens.keys() - set(self.facts().workers):
                self.ledger.void(name)
        elif verb == "rejoin":
            tokens[str(args[0])] = reply[0].decode()
            now = self._owners()
            for response_id, owner in owners.items():
                if owner not in ("", args[0]) and now[response_id] != owner:
                    self.ledger.void(owner)

    def _owners(self) -> dict[str, str]:
        keys = list(self.client.scan_iter(KEYS.job("*")))
        return {key.decode(): self.client.hget(key, "owner").decode() for key in keys}


def _writer(verb: str, args: tuple[Argument, ...]) -> tuple[str, str] | None:
    """Name and token of the worker that calls, where the verb shows a token."""
    if verb in ("append", "lease", "release"):
        return str(args[0]), str(args[1])
    if verb in ("renew", "leave") and args[0] == "workers":
        return str(args[1]), str(args[2])
    return None


class StagedLink(Link):
    """A connection to it: gone when Redis restarts, and with the next call where a `fate` is set."""

    def __init__(self, staged: StagedRedis, settings: RelaySettings) -> None:
        self._staged, self._settings = staged, settings
        self._run: int | None = staged.run
        self.fate: Fate | None = None

    async def call(self, verb: str, *args: Argument) -> Any:
        staged = self._staged
        if self._run != staged.run:
            raise LinkLost("gone")
        if staged.checked_before and verb == "append" and not staged.token_is_current(str(args[0]), str(args[1])):
            raise Fenced
        if self.fate is None:
            return self._answered(verb, args)
        self._run = None
        if self.fate == "late":
            staged.flying.append((verb, args))
        elif self.fate == "unanswered":
            self._answered(verb, args)
        raise LinkLost("broken")

    def _answered(self, verb: str, args: tuple[Argument, ...]) -> Any:
        try:
            return self._staged.execute(verb, args, self._settings)
        except RelayWait:
            if verb == "rejoin":  # a worker would sleep until then
                raise InGrace from None
            raise

    async def command(self, *args: Argument, timeout_s: float | None = None) -> Any:
        if self._run != self._staged.run:
            raise LinkLost("gone")
        return self._staged.command(*args)

    async def close(self) -> None:
        self._run = None
