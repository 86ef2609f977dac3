"""All peers on one model: each started once, measured in turns, and standing still otherwise."""
import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.load.figures import BUSY
from tests.load.peers import rows
from tests.load.peers.engines import Engine, InProcess, Model, ParleyEngine, VllmServer
from tests.load.peers.measurement import Failed, Row, measure
from tests.load.peers.order import Order, Way
from tests.load.terminal import Terminal
from tests.load.usage import Probe

PEERS: dict[str, Way] = {
    "in_process": "pipe", "in_process_shipped": "pipe", "vllm_server": "chat", "parley_ws": "websocket",
    "parley_sse": "sse"}
STILL = 0.02  # cores that all who stand still may use together
LOOK_S = 1.0
MOST_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """`seconds` is one measurement's time at each of `streams`; that of one stream alone is half as long.

    The first of `streams` is the one that rows are named without.

    Others on the machine may use `quiet_cores` meanwhile; `patience_s` is how long they are waited for, and what they
    have spoilt is tried again.
    """

    repeat: int = 3
    seconds: float = 10.0
    streams: tuple[int, ...] = (64,)
    patience_s: float = 120.0
    quiet_cores: float = 0.2


def engines(model: Model, names: Sequence[str], kv_bytes: int | None) -> dict[str, Engine]:
    """By peer; Parley's last, since its worker makes the KV cache by the memory that it finds."""
    made: dict[str, Engine] = {}
    for shipped, name in enumerate(rows.CEILINGS):
        if name in names:
            made[name] = InProcess(model, kv_bytes, shipped=bool(shipped))
    if rows.SERVER in names:
        made[rows.SERVER] = VllmServer(model, kv_bytes)
    if ours := [name for name in names if name.startswith("parley")]:
        made |= dict.fromkeys(ours, ParleyEngine.of_model(model))
    return made


class Comparison:
    """`engines` by peer. With `keep` all are started once; else each for its turn only."""

    def __init__(self, model: Model, engines: dict[str, Engine], sizes: Sizes, terminal: Terminal, *,
                 keep: bool) -> None:
        self._model, self._engines, self._sizes, self._terminal, self._keep = model, engines, sizes, terminal, keep
        self._started: list[Engine] = []
        self._burn_us = 0.0
        self.runs: dict[str, dict[int, Row]] = {name: {} for name in engines}
        self.said: dict[str, str] = {}  # how it was, in words

    def run(self) -> None:
        """Raises Failed where the peers are not alike, and what the engines raise that do not start."""
        with ExitStack() as stack:
            if self._keep:
                for engine in dict.fromkeys(self._engines.values()):
                    stack.enter_context(self._running(engine))
                    engine.stand_still()
            self._get_acquainted()
            for number in range(1, self._sizes.repeat + 1):
                for name in turn(list(self._engines), number):
                    self._measure(name, number)

    def _get_acquainted(self) -> None:
        """A moment with each: warms it, shows that all are asked the same, and what their clients cost."""
        first = {}
        for name, engine in self._engines.items():
            with self._up(engine):
                if isinstance(engine, VllmServer):
                    self.said["server"] = engine.command()
                first[name] = self._one(name, self._sizes.streams[0], "", min(3.0, self._sizes.seconds))
        lengths = {name: row["prompt_tokens"] for name, row in first.items()}
        if len(set(lengths.values())) > 1:
            raise Failed(f"the prompts are not the same ones: they have {lengths} tokens")
        asked = next((first[name] for name in first if name.startswith("parley")), None)
        straight = next((first[name] for name in rows.CEILINGS if name in first), None)
        if asked and straight:
            self._burn_us = rows.burn_us(asked, straight)
            self.said["burn"] = f"the client of vLLM in process burns {self._burn_us:.1f} µs with each piece of text"
            self._terminal.tell(f"  {self.said['burn']}")

    def _measure(self, name: str, number: int) -> None:
        """With many streams, and with one alone; only all together are of use."""
        limit = time.monotonic() + self._sizes.patience_s
        first, *others = self._sizes.streams
        whole: Row = {}
        for prefix, streams in [("", first), *((rows.at(count), count) for count in others), (rows.ALONE, 1)]:
            row = self._sound(name, number, streams, limit)
            if row is None:
                return
            whole |= {f"{prefix}{figure}": value for figure, value in row.items()}
        self.runs[name][number] = whole

    def _sound(self, name: str, number: int, streams: int, limit: float) -> Row | None:
        """Again and again, to the limit, until it is a fair one."""
        seconds = self._sizes.seconds / (1 if streams > 1 else 2)
        failures = 0
        for attempt in itertools.count():
            self._wait_for_quiet(limit)
            self._terminal.show(f"  {self._model.name}, {number} of {self._sizes.repeat}: {name}, {streams} streams")
            tag = f"{list(PEERS).index(name)}{number}{attempt}-{streams}-"
            try:
                with self._up(self._engines[name]):
                    row = self._one(name, streams, tag, seconds)
            except Failed as why:
                failures, why_not = failures + 1, f"FAILED: {why}"
            else:
                self._terminal.tell(line(name, streams, row))
                if not (why_not := unsound(row, self._sizes.quiet_cores)):
                    return row
            self._terminal.tell(f"      {name} left out: {why_not}")
            if failures == MOST_FAILURES or time.monotonic() > limit:
                return None
        raise AssertionError("a count has no end")

    def _wait_for_quiet(self, limit: float) -> None:
        """Until nobody else uses the machine, or to the limit."""
        self._terminal.show("  waiting for others on this machine to come to rest")
        while self._foreign_cores() > self._sizes.quiet_cores and time.monotonic() < limit:
            pass

    def _foreign_cores(self) -> float:
        """While all stand still that are kept."""
        machine = Probe()
        before = machine.usage()
        time.sleep(LOOK_S)
        return machine.usage().since(before).busy_s / LOOK_S

    def _one(self, name: str, streams: int, tag: str, seconds: float) -> Row:
        engine, way = self._engines[name], PEERS[name]
        order = Order(
            way=way, address=engine.addresses[way], model=self._model.served_as, streams=streams,
            tokens=self._model.tokens, tag=tag, burn_us=self._burn_us if way == "pipe" else 0.0)
        return measure(order, engine, [other for other in self._started if other is not engine], seconds)

    @contextmanager
    def _up(self, engine: Engine) -> Iterator[None]:
        """It goes on for the block."""
        if not self._keep:
            with self._running(engine):
                yield
            return
        engine.go_on()
        try:
            yield
        finally:
            engine.stand_still()

    @contextmanager
    def _running(self, engine: Engine) -> Iterator[None]:
        self._terminal.show(f"  {self._model.name}: starting {engine.name}")
        self._started.append(engine)
        try:
            engine.start()
            yield
        finally:
            self._started.remove(engine)
            engine.end()


def turn(names: list[str], number: int) -> list[str]:
    """There and back, so that a machine that grows slower favours nobody."""
    return names if number % 2 else names[::-1]


def unsound(row: Row, quiet_cores: float) -> str:
    """Why this is no fair measurement, if so."""
    if row["still_cores"] > STILL:
        return f"those who should stand still used {row['still_cores']:.2f} cores"
    if row["foreign_cores"] > quiet_cores:
        return f"others on this machine used {row['foreign_cores']:.2f} cores"
    return "the client was the limit" if row["client_cores"] > BUSY else ""


def line(name: str, streams: int, row: Row) -> str:
    """For the terminal."""
    costs = ", ".join(f"{figure.removeprefix('cpu_us_')} {value:.1f}" for figure, value in row.items()
                      if figure.startswith("cpu_us_") and value)
    return (f"  {name:<18} {streams:>3}: {row['tokens_per_s']:>8,.0f} tokens/s  first token {row['ttft_p50_ms']:.1f}/"
            f"{row['ttft_p99_ms']:.1f} ms, at once {row['ttft_at_once_p50_ms']:.1f}  "
            f"per token {row['tpot_ms']:.2f} ms  µs a token: {costs}")
