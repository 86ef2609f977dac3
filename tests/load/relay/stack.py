"""Installations whose engine makes stamps: a whole one, or one whose gateway has no sockets."""
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from tests.load.client import raise_file_limit
from tests.load.local import SETTINGS
from tests.load.relay.ledger import NAME, Ledger
from tests.load.relay.listener import Heard
from tests.load.usage import cpu_s
from tests.parley import ROOT, Parley, metric

GATEWAY, WORKER = "gateway-1", "worker-1"
COMPILED = "tests.load.compiled"
READY_S = 300.0  # thousands of responses are submitted one by one
MORE = {"max_queue_s": "3600", "detach_s": "0"}


class StampedParley(Parley):
    """`rate` is tokens/s of each response, `spread` as in `StampingEngine`; `frame_gap_s` the gateway's."""

    def __init__(self, rate: float, *, spread: bool, frame_gap_s: float | None = None, **arguments: Any) -> None:
        raise_file_limit()
        gap = {} if frame_gap_s is None else {"frame_gap_s": str(frame_gap_s)}
        super().__init__(settings=SETTINGS | MORE | gap, ready_s=READY_S, **arguments)
        self._rate, self._spread = rate, spread

    def start_worker(self, number: int) -> None:
        name = f"worker-{number}"
        words = ["--name", name, "--rate", f"{self._rate:g}", *(["--spread"] if self._spread else [])]
        self._start(name, self.worker_python, COMPILED, "tests.load.relay.worker", *words)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / NAME.format(WORKER))

    @property
    def heard(self) -> int:
        """Tokens that a gateway without sockets has taken in, as of a moment ago."""
        tokens: int = Ledger(self.folder / NAME.format(GATEWAY)).tokens
        return tokens

    def pid(self, name: str) -> int:
        process = self.redis.process if name == "redis" else self.processes[name]
        assert process is not None
        return process.pid


class SocketlessParley(StampedParley):
    """A process in the gateway's place submits so many responses and follows them; ready when all of them run."""

    def __init__(self, responses: int, rate: float) -> None:
        super().__init__(rate, spread=False)
        self._responses = responses

    def start_gateway(self, number: int) -> None:
        name = f"gateway-{number}"
        self._start(name, sys.executable, COMPILED, "tests.load.relay.follower", "--name", name,
                    "--responses", str(self._responses))

    def wait_ready(self, *, ready: bool = True) -> None:
        ledger = self.ledger
        self.wait_until(lambda: ledger.read().running == self._responses, "all responses to run", READY_S)


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds and tokens at one moment, or between two."""

    worker_s: float
    redis_s: float
    gateway_s: float
    engine_s: float
    tokens: int
    heard: int = 0  # of them, by a gateway without sockets

    @classmethod
    def so_far(cls, parley: StampedParley) -> "Spent":
        ledger = parley.ledger
        return cls(cpu_s(parley.pid(WORKER)), cpu_s(parley.pid("redis")), cpu_s(parley.pid(GATEWAY)), ledger.engine_s,
                   ledger.tokens, parley.heard)

    def since(self, before: "Spent") -> "Spent":
        return Spent(self.worker_s - before.worker_s, self.redis_s - before.redis_s, self.gateway_s - before.gateway_s,
                     self.engine_s - before.engine_s, self.tokens - before.tokens, self.heard - before.heard)

    def per_token_us(self) -> dict[str, float]:
        """By part; the worker's without its engine."""
        us = 1e6 / max(1, self.tokens)
        return {"worker": (self.worker_s - self.engine_s) * us, "redis": self.redis_s * us,
                "gateway": self.gateway_s * us, "engine": self.engine_s * us}

    def cores(self, seconds: float) -> dict[str, float]:
        """By process, the engine in its worker's."""
        return {"worker_cores": self.worker_s / seconds, "redis_cores": self.redis_s / seconds,
                "gateway_cores": self.gateway_s / seconds}


@contextmanager
def listener(url: str, sockets: int, seconds: float, *, stamps: bool = False) -> "Iterator[Listening]":
    """A process with so many sockets, all of which hear deltas when the block begins."""
    words = [sys.executable, "-m", "tests.load.relay.listener", "--url", url, "--sockets", str(sockets),
             "--seconds", f"{seconds:g}", *(["--stamps"] if stamps else [])]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise RuntimeError("the listening process has failed; see above")
            yield Listening(process)
        finally:
            process.kill()


@dataclass(frozen=True, slots=True)
class Listening:
    process: "subprocess.Popen[bytes]"

    def measure(self) -> Heard:
        """Let it measure; returns when it has."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return msgspec.json.decode(self.process.stdout.readline(), type=Heard)


def tokens_taken(parley: Parley) -> dict[str, float]:
    """What the gateway counts: tokens, and the events that brought them."""
    return {name: metric(parley.url, f"parley_{name}_total") for name in ("tokens", "events", "merged", "frames")}
