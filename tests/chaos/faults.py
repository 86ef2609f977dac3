"""The faults by name, each with what proves that it really happened."""
import asyncio
import math
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from tests.chaos import loss
from tests.chaos.doors import SILENCE_S
from tests.chaos.plan import ALONE, LEFT, FaultPlan
from tests.chaos.proxy import Proxy
from tests.chaos.replica import offset
from tests.chaos.stack import Stack, is_stopped
from tests.chaos.stream import Reader

GRACE_S = 3.2
QUIET_TRIES, QUIET_S = 25, 0.2
PARTS = ("workers", "gateways", "redis", "clients")
OVER_S = 12.0
SOCKETS_S = 30.0  # until somebody comes to a gateway
LOOK_S = 0.05


@dataclass(slots=True)
class Happening:
    """One fault as it came about. `proof` is how often the thing really happened; 0: it did not.

    `watched` are those who read when it began, each with its gateway's number. Of these it concerned who reads what a
    worker `held`, or reads at `gateway`; None: everybody.
    """

    plan: FaultPlan
    began: float
    ended: float = 0.0
    proof: int = 0
    lost_writes: int = 0
    lost_since: float | None = None  # what Redis was told since then it has lost
    deaths: dict[str, float] = field(default_factory=dict)  # of gateways and workers, by name
    held: set[str] | None = None
    gateway: int | None = None
    watched: list[tuple[Reader, int]] = field(default_factory=list)

    @property
    def readers(self) -> list[Reader]:
        """Those it hit."""
        return [reader for reader, gateway in self.watched
                if (self.held is None or reader.stream.response_id in self.held) and self.gateway in (None, gateway)]

    async def end(self, stack: Stack, name: str, number: signal.Signals) -> int:
        """End a process, and note it. Its exit code."""
        code = await stack.end(name, number)
        self.deaths[name] = time.monotonic()
        return code

    async def over(self, limit_s: float) -> None:
        """Until another attempt has gone on for each of these, or it has left or ended."""
        await when(lambda: all(reader.got_over(self.began) for reader in self.readers), limit_s)


async def when(condition: Callable[[], bool], limit_s: float = math.inf) -> None:
    """Look until it is so. A run is made of conditions on many readers, so there is no one event for each."""
    limit = time.monotonic() + limit_s
    looking = True
    while looking:
        looking = not condition() and time.monotonic() < limit
        if looking:
            await asyncio.sleep(LOOK_S)


Act = Callable[[Stack, Happening], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """`locks`: the parts that nothing else may break meanwhile; `settle_s` before it, too."""

    act: Act
    locks: tuple[str, ...]
    words: str
    settle_s: float = 0.0


async def _worker_killed(stack: Stack, it: Happening) -> None:
    name = f"worker-{it.plan.target}"
    it.held = await stack.held(name)
    it.proof = int(await it.end(stack, name, signal.SIGKILL) == -signal.SIGKILL)
    await asyncio.sleep(it.plan.size * 5)  # at once, or long after it was taken back
    await stack.back_again(name)


async def _worker_killed_alone(stack: Stack, it: Happening) -> None:
    """The one that holds more."""
    held = {name: await stack.held(name) for name in ("worker-1", "worker-2")}
    name, it.held = max(held.items(), key=lambda item: len(item[1]))
    it.proof = int(await it.end(stack, name, signal.SIGKILL) == -signal.SIGKILL)
    await it.over(OVER_S)
    await stack.back_again(name)


async def _workers_killed(stack: Stack, it: Happening) -> None:
    names = "worker-1", "worker-2"
    it.held = set().union(*[await stack.held(name) for name in names])
    for name in names:
        it.proof += await it.end(stack, name, signal.SIGKILL) == -signal.SIGKILL
    await asyncio.sleep(it.plan.size * 3)
    for name in names:
        await stack.back_again(name)


async def _worker_sleeps(stack: Stack, it: Happening) -> None:
    name = f"worker-{it.plan.target}"
    it.held = await stack.held(name)
    it.proof = await _sleep(stack, name, 0.3 + it.plan.size * 6)


async def _sleep(stack: Stack, name: str, seconds: float) -> int:
    pid = stack.send(name, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
        return int(is_stopped(pid))
    finally:
        stack.send(name, signal.SIGCONT)


async def _worker_deployed(stack: Stack, it: Happening) -> None:
    name = f"worker-{it.plan.target}"
    it.held = await stack.held(name)
    it.proof = int(await it.end(stack, name, signal.SIGTERM) == 0)
    await stack.back_again(name)


async def _gateway_killed(stack: Stack, it: Happening) -> None:
    it.gateway = it.plan.target
    name = f"gateway-{it.gateway}"
    it.proof = int(await it.end(stack, name, signal.SIGKILL) == -signal.SIGKILL)
    await asyncio.sleep(it.plan.size * 4)
    await stack.back_again(name)


async def _gateway_deployed(stack: Stack, it: Happening) -> None:
    it.gateway = it.plan.target
    name = f"gateway-{it.gateway}"
    it.proof = int(await it.end(stack, name, signal.SIGTERM) == 0)
    await stack.back_again(name)


async def _redis_loses(stack: Stack, it: Happening) -> None:
    redis = stack.parley.redis
    await asyncio.to_thread(loss.keep_small, redis)
    mark = await asyncio.to_thread(loss.mark, redis)
    it.lost_since = time.monotonic()
    await asyncio.sleep(0.2 + it.plan.size * 1.8)
    await asyncio.to_thread(lambda: redis.stop(kill=True))
    it.lost_writes = it.proof = await asyncio.to_thread(loss.cut_back, redis, mark)
    await asyncio.sleep(it.plan.size * 2)
    await asyncio.to_thread(redis.start)
    await asyncio.sleep(GRACE_S)


async def _redis_fails_over(stack: Stack, it: Happening) -> None:
    """A replica that has not heard the last words takes its place."""
    first = stack.parley.redis
    await asyncio.to_thread(loss.keep_small, first)
    replica = await stack.replica()
    mark = await asyncio.to_thread(loss.mark, first)
    replica.link.stall()
    it.lost_since = time.monotonic()
    await asyncio.sleep(0.2 + it.plan.size * 1.8)
    it.proof = await asyncio.to_thread(offset, first) - await asyncio.to_thread(offset, replica.server)
    await asyncio.to_thread(lambda: first.stop(kill=True))
    it.lost_writes = await asyncio.to_thread(loss.written_since, first, mark)
    await asyncio.sleep(it.plan.size * 2)
    await stack.fail_over(replica)
    await asyncio.sleep(GRACE_S)


async def _redis_sleeps(stack: Stack, it: Happening) -> None:
    it.proof = await _sleep(stack, "redis", 0.5 + it.plan.size * it.plan.size * 9.5)


async def _redis_hangs_up(stack: Stack, it: Happening) -> None:
    def kill() -> int:
        with stack.parley.redis.client() as client:
            return int(client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
    it.proof = await asyncio.to_thread(kill)


async def _redis_halved(stack: Stack, it: Happening) -> None:
    """Commands and answers break off in their middle."""
    proxies = list(stack.back.values())
    before = sum(proxy.halved for proxy in proxies)
    for proxy in proxies:
        proxy.halve()
    await asyncio.sleep(1)
    it.proof = sum(proxy.halved for proxy in proxies) - before


async def _redis_slow(stack: Stack, it: Happening) -> None:
    it.proof = await _slow(stack.back.values(), 0.02 + it.plan.size * 0.2)


async def _clients_slow(stack: Stack, it: Happening) -> None:
    it.gateway = it.plan.target
    it.proof = await _slow([stack.front[it.gateway - 1]], 0.05 + it.plan.size * 0.5)


async def _slow(some: Iterable[Proxy], delay_s: float) -> int:
    proxies = list(some)
    before = sum(proxy.delayed for proxy in proxies)
    for proxy in proxies:
        proxy.delay_s = delay_s
    await asyncio.sleep(3)
    for proxy in proxies:
        proxy.delay_s = 0.0
    return sum(proxy.delayed for proxy in proxies) - before


async def _worker_cut_off(stack: Stack, it: Happening) -> None:
    """Its packets arrive late: perhaps after it was taken back."""
    name = f"worker-{it.plan.target}"
    it.held = await stack.held(name)
    it.proof = await _stall(stack, name, 1 + it.plan.size * 6)


async def _gateway_cut_off(stack: Stack, it: Happening) -> None:
    it.gateway = it.plan.target
    it.proof = await _stall(stack, f"gateway-{it.gateway}", 1 + it.plan.size * 6)


async def _stall(stack: Stack, name: str, seconds: float) -> int:
    proxy = stack.back[name]
    links = proxy.stall()
    before = proxy.delayed
    await asyncio.sleep(seconds)
    for _ in range(QUIET_TRIES):  # nobody says anything while Redis sleeps, too: then nothing has been held up yet
        if proxy.delayed > before:
            break
        await asyncio.sleep(QUIET_S)
    proxy.resume(links)
    return proxy.delayed - before


async def _clients_cut(stack: Stack, it: Happening) -> None:
    it.gateway = it.plan.target
    proxy = stack.front[it.gateway - 1]
    await when(lambda: bool(proxy.links), SOCKETS_S)
    it.proof = proxy.cut()


async def _clients_halved(stack: Stack, it: Happening) -> None:
    it.gateway = it.plan.target
    proxy = stack.front[it.gateway - 1]
    before = proxy.halved
    for _ in range(20):  # nothing may be said for some time, if something else is broken too
        proxy.halve()
        await asyncio.sleep(0.5)
        it.proof = proxy.halved - before
        if it.proof:
            return


async def _clients_stalled(stack: Stack, it: Happening) -> None:
    it.gateway = it.plan.target
    proxy = stack.front[it.gateway - 1]
    await when(lambda: bool(proxy.links), SOCKETS_S)  # its gateway may have died a moment ago, and all have left it
    it.proof = len(proxy.stall())
    await asyncio.sleep(SILENCE_S + 1)


async def _everybody_dies(stack: Stack, it: Happening) -> None:
    """What DESIGN section 4 calls left: all who knew of a token die as Redis loses it."""
    redis = stack.parley.redis
    await asyncio.to_thread(loss.keep_small, redis)
    mark = await asyncio.to_thread(loss.mark, redis)
    it.lost_since = time.monotonic()
    await asyncio.sleep(0.5 + it.plan.size)
    names = stack.names
    for name in names:
        it.proof += await it.end(stack, name, signal.SIGKILL) == -signal.SIGKILL
    await asyncio.to_thread(lambda: redis.stop(kill=True))
    it.lost_writes = await asyncio.to_thread(loss.cut_back, redis, mark)
    it.proof = it.lost_writes if it.proof == len(names) else 0
    await asyncio.to_thread(redis.start)
    for name in names:
        await stack.back_again(name)


FAULTS = {
    "worker killed": Fault(_worker_killed, ("workers",), "SIGKILL, started again 0–5 s later"),
    ALONE: Fault(_worker_killed_alone, PARTS, "SIGKILL while nothing else is broken, started again afterwards", 3.0),
    "both workers killed": Fault(_workers_killed, ("workers",), "SIGKILL, started again 0–3 s later"),
    "worker asleep": Fault(_worker_sleeps, ("workers",), "SIGSTOP, SIGCONT 0.3–6.3 s later"),
    "worker deployed": Fault(_worker_deployed, ("workers",), "SIGTERM, started again"),
    "worker cut off": Fault(_worker_cut_off, ("workers",), "its links to Redis silent for 1–7 s, then on"),
    "gateway killed": Fault(_gateway_killed, ("gateways",), "SIGKILL, started again 0–4 s later"),
    "gateway deployed": Fault(_gateway_deployed, ("gateways",), "SIGTERM, started again"),
    "gateway cut off": Fault(_gateway_cut_off, ("gateways",), "its links to Redis silent for 1–7 s, then on"),
    "Redis loses writes": Fault(_redis_loses, ("redis",), "killed; what it wrote in 0.2–2 s is gone"),
    "Redis fails over": Fault(_redis_fails_over, ("redis",), "killed; a replica without its last 0.2–2 s goes on"),
    "Redis asleep": Fault(_redis_sleeps, ("redis",), "SIGSTOP, SIGCONT 0.5–10 s later"),
    "Redis hangs up": Fault(_redis_hangs_up, ("redis",), "CLIENT KILL of everybody"),
    "half a command": Fault(_redis_halved, ("redis",), "every link to Redis breaks in the middle of a write"),
    "Redis slow": Fault(_redis_slow, ("redis",), "20–220 ms each way, for 3 s"),
    "clients cut": Fault(_clients_cut, ("clients",), "all sockets of a gateway break"),
    "half a frame": Fault(_clients_halved, ("clients",), "the same, in the middle of a frame"),
    "clients stalled": Fault(_clients_stalled, ("clients",), "all sockets of a gateway fall silent"),
    "clients slow": Fault(_clients_slow, ("clients",), "50–550 ms each way, for 3 s"),
    LEFT: Fault(_everybody_dies, PARTS, "all processes killed, writes lost"),
}
