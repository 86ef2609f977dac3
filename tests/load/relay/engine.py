"""An engine whose tokens tell when they were due: text is that moment in µs, so any reader knows how long it took.

Each response gets a token every 1/rate s. Responses are spread evenly over that time, or all in step. What making
the tokens costs is metered, so that it can be taken off the worker's bill.
"""
import asyncio
import time
from collections.abc import Callable

from inference.engine.outbox import Outbox
from inference.engine.port import Generation, Load, Output, Progress
from inference.engine.traits import TEXT_ONLY
from tests.load.relay.ledger import Ledger

CAPACITY = 16_384
TICK_S = 0.001  # two moments of the spread ones are that far apart at least
CONTEXT_TOKENS = 1 << 30


class _Running:
    __slots__ = ("left", "made", "response_id")

    def __init__(self, response_id: str, left: int) -> None:
        self.response_id, self.left, self.made = response_id, left, 0


class StampingEngine:
    """See the port. `rate` is tokens/s of each response."""

    model = "stamps"
    context_tokens = CONTEXT_TOKENS
    capacity = CAPACITY
    can_continue = False
    parameters: int | None = None
    traits = TEXT_ONLY

    def __init__(
            self, rate: float, *, spread: bool, ledger: Ledger, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._ledger = clock, ledger
        slots = max(1, round(1 / rate / TICK_S)) if spread else 1
        self._slots: list[dict[str, _Running]] = [{} for _ in range(slots)]
        self._where: dict[str, dict[str, _Running]] = {}
        self._pause_s = 1 / rate / slots
        self._slot, self._due_at, self._added = 0, clock(), 0
        self._outbox = Outbox()

    async def start(self, progress: Progress) -> None:
        progress("ready", 1.0)

    async def add(self, generation: Generation) -> None:
        slot = self._slots[self._added % len(self._slots)]
        self._added += 1
        response_id = generation.response_id
        slot[response_id] = _Running(response_id, generation.sampling.max_output_tokens or CONTEXT_TOKENS)
        self._where[response_id] = slot

    def abort(self, response_id: str) -> None:
        slot = self._where.pop(response_id, None)
        if slot is not None:
            made = slot.pop(response_id).made
            self._outbox.put(Output(response_id, "", [], finish="cancelled", output_tokens=made))

    async def outputs(self) -> list[Output]:
        while True:
            now = self._clock()
            if now >= self._due_at:
                self._make(now)
            if outputs := self._outbox.take():
                return outputs
            await asyncio.sleep(max(0.0, self._due_at - self._clock()))

    def _make(self, now: float) -> None:
        """All that is due, each token with the moment at which it was, however late it is."""
        began, ledger = time.thread_time(), self._ledger
        ledger.behind_s = max(ledger.behind_s, now - self._due_at)
        while self._due_at <= now:
            text = f"{int(self._due_at * 1e6)} "
            slot = self._slots[self._slot]
            ended = []
            for running in slot.values():
                running.made += 1
                output = Output(running.response_id, text, [1], output_tokens=running.made)
                if running.made >= running.left:
                    output.finish = "length"
                    ended.append(running.response_id)
                self._outbox.put(output)
            ledger.tokens += len(slot)
            for response_id in ended:
                del slot[response_id], self._where[response_id]
            self._slot = (self._slot + 1) % len(self._slots)
            self._due_at += self._pause_s
        ledger.running = len(self._where)
        ledger.engine_s += time.thread_time() - began
        ledger.write()

    def load(self) -> Load:
        return Load(len(self._where), 0, 0.0)

    async def close(self) -> None:
        self._where.clear()
