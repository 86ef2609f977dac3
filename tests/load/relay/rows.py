"""One measurement for each row of the table; each starts what it needs, and leaves nothing running."""
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from tests.load.figures import tokens_within
from tests.load.histogram import Histogram
from tests.load.local import installation, probe
from tests.load.measured import Measured
from tests.load.phase import Phase
from tests.load.pool import ClientPool
from tests.load.relay.bare_relay import bare_relay
from tests.load.relay.quota import limited_to
from tests.load.relay.stack import (
    GATEWAY,
    SocketlessParley,
    Spent,
    StampedParley,
    listener,
    tokens_taken,
)
from tests.load.relay.throttle import held_to
from tests.load.usage import cpu_s
from tests.parley import ROOT, free_port

Row = dict[str, float]
RATE = 20.0  # tokens/s of each response
FAST = 100.0  # so that 256 sockets stay below the load above which the gateway merges on purpose
UP_S = 10.0
SLOW_SETTLE_S = 6.0  # until a gateway with little of a core has found its interval
BARE_SETTLE_S = 1.5
SETTLE_S = 2.0  # for what has piled up while a thousand sockets were opened


@dataclass(frozen=True, slots=True)
class Sizes:
    """`seconds` is one measurement's time."""

    seconds: float = 5.0
    responses: int = 256
    many_responses: int = 5000
    sockets: int = 256
    viewers: int = 1000
    viewers_rate: float = 100.0
    merging_rate: float = 350.0  # more than the worker, too, can say token by token
    idle: int = 10_000
    merging_shares: tuple[float, ...] = (0.22, 0.27, 0.32, 0.4, 0.5)  # of a core, for `viewers` at `viewers_rate`
    held_sockets: int = 128
    held_share: float = 0.3


def cost(responses: int, seconds: float) -> Row:
    """CPU µs a token by part, `responses` × 20 tokens/s; how many of the due tokens were made, of those taken in."""
    with SocketlessParley(responses, RATE) as parley:
        time.sleep(1.0)
        before, began = Spent.so_far(parley), time.monotonic()
        time.sleep(seconds)
        spent, took_s = Spent.so_far(parley).since(before), time.monotonic() - began
    parts = spent.per_token_us()
    return parts | {"all": parts["worker"] + parts["redis"] + parts["gateway"],
                    "pace": spent.tokens / (responses * RATE * took_s), "heard": spent.heard / max(1, spent.tokens)}


def bare_cost(responses: int, seconds: float, *, records: bool) -> Row:
    """CPU µs a token by part of three processes that move a batch's bytes, or records, and do nothing else."""
    with bare_relay(responses, RATE, records=records) as pids:
        time.sleep(BARE_SETTLE_S)
        before, began = {part: cpu_s(pid) for part, pid in pids.items()}, time.monotonic()
        time.sleep(seconds)
        tokens = responses * RATE * (time.monotonic() - began)
        parts = {part: (cpu_s(pid) - before[part]) * 1e6 / tokens for part, pid in pids.items()}
    return parts | {"all": sum(parts.values())}


def events(sizes: Sizes) -> Row:
    """Frames that one core of a gateway sends, each a token's, beside those of bare uvicorn."""
    with (StampedParley(FAST, spread=False, frame_gap_s=0) as parley,
          listener(parley.url, sizes.sockets, sizes.seconds) as listening):
        taken, cpu = tokens_taken(parley), cpu_s(parley.pid(GATEWAY))
        heard = listening.measure()
        spent_s = cpu_s(parley.pid(GATEWAY)) - cpu
        tokens = tokens_taken(parley)["tokens"] - taken["tokens"]
    gateway = heard.deltas / spent_s
    bare = bare_frames(sizes)
    return {"ratio": gateway / bare, "gateway_frames_per_core": gateway, "bare_frames_per_core": bare,
            "frames_per_token": heard.deltas / tokens}


def bare_frames(sizes: Sizes) -> float:
    """Frames for each second of processor that bare uvicorn sends to as many sockets."""
    with bare_uvicorn() as (url, pid), listener(url, sizes.sockets, sizes.seconds) as listening:
        cpu = cpu_s(pid)
        heard = listening.measure()
        return heard.deltas / (cpu_s(pid) - cpu)


@contextmanager
def bare_uvicorn() -> Iterator[tuple[str, int]]:
    """Its address and process id."""
    port = free_port()
    words = [sys.executable, "-m", "tests.load.relay.bare_uvicorn", "--port", str(port)]
    with subprocess.Popen(words, cwd=ROOT) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.kill()


def _wait_for(port: int) -> None:
    limit = time.monotonic() + UP_S
    while True:
        with socket.socket() as probe_:
            if probe_.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > limit:
            raise TimeoutError("uvicorn did not start")
        time.sleep(0.02)


def merged(sizes: Sizes, rate: float, share: float | None = None) -> Row:
    """Tokens that go through one gateway to many viewers, `rate` a second for each; it may be held to a share of a
    core, so that it must merge. Raises NoQuota.
    """
    with (StampedParley(rate, spread=True) as parley,
          listener(parley.url, sizes.viewers, sizes.seconds) as listening,
          nullcontext() if share is None else limited_to(share, parley.pid(GATEWAY))):
        time.sleep(SETTLE_S if share is None else SLOW_SETTLE_S)
        before, cpu, began = tokens_taken(parley), cpu_s(parley.pid(GATEWAY)), time.monotonic()
        made = parley.ledger.tokens
        heard = listening.measure()
        spent_s, took_s = cpu_s(parley.pid(GATEWAY)) - cpu, time.monotonic() - began
        made_there, after = parley.ledger.tokens - made, tokens_taken(parley)
    tokens, events = after["tokens"] - before["tokens"], after["events"] - before["events"]
    return {"per_core": tokens / spent_s, "tokens_per_s": tokens / took_s, "taken": tokens / made_there,
            "gateway_cores": spent_s / took_s,
            "tokens_per_frame": tokens / max(1, heard.deltas), "tokens_per_event": tokens / max(1.0, events)}


def delay(sizes: Sizes, *, spread: bool) -> Row:
    """ms from when the engine was due to make a token to when the socket had it; 1,000 responses × 20 tokens/s."""
    with (StampedParley(RATE, spread=spread) as parley,
          listener(parley.url, sizes.viewers, sizes.seconds, stamps=True) as listening):
        time.sleep(SETTLE_S)
        before = Spent.so_far(parley)
        heard = listening.measure()
        spent = Spent.so_far(parley).since(before)
    delays = Histogram(heard.delays)
    p50, p99 = delays.percentile(50), delays.percentile(99)
    assert p50 is not None
    assert p99 is not None
    return {"p50_ms": p50 * 1000, "p99_ms": p99 * 1000, "pace": len(delays) / (heard.seconds * sizes.viewers * RATE),
            "listener_cores": heard.cpu_s / heard.seconds, **spent.cores(heard.seconds)}


def idle(sizes: Sizes) -> Row:
    """Memory of a gateway for each of many sockets that say nothing."""
    phase = Phase(name="idle", kind="idle", seconds=1.0, sockets=sizes.idle)
    with installation() as parley:
        seen, full = probe(parley), list[int | None]()
        empty = seen.gateway_bytes()
        measured = asyncio.run(_load(parley.urls, phase, 2, lambda: full.append(seen.gateway_bytes())))
    assert empty is not None
    assert full[0] is not None
    opened = sizes.idle - measured.failed_connects
    return {"kib": (full[0] - empty) / 1024 / opened, "sockets": opened}


def scaling(sizes: Sizes) -> Row:
    """Tokens/s in short answers through one gateway and through two, each held to the same share of a core."""
    found = [_held(gateways, sizes) for gateways in (1, 2)]
    return {"ratio": found[1] / found[0], "one_tokens_per_s": found[0], "two_tokens_per_s": found[1]}


def _held(gateways: int, sizes: Sizes) -> float:
    phase = Phase(name="held", kind="closed", seconds=sizes.seconds, sockets=sizes.held_sockets * gateways, tokens=16)
    with installation(gateways=gateways, tokens_per_s=1000.0) as parley:
        pids = [parley.processes[f"gateway-{n + 1}"].pid for n in range(gateways)]
        with held_to(sizes.held_share, pids):
            measured = asyncio.run(_load(parley.urls, phase, 2, lambda: None))
    return tokens_within(measured.answers, measured.began, measured.began + phase.seconds) / phase.seconds


async def _load(urls: list[str], phase: Phase, processes: int, standing: Callable[[], None]) -> Measured:
    async with ClientPool(urls, "", processes) as pool:
        return await pool.run(phase, standing=standing)
