"""What a run will do, all drawn from its seed: the streams, what their readers do, and the faults."""
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

DoorName = Literal["socket", "events", "client"]

ALONE = "worker killed alone"  # the one that shows how long a person waits for another worker
LEFT = "everybody dies"  # the one fault that may cost something: what DESIGN section 4 calls left
RARELY = 4  # rounds from one of these to the next
STOPS = ("over the lazy", "пункт списка", "Überblick", "世界", "it's never")  # they straddle tokens


@dataclass(frozen=True, slots=True)
class ReaderPlan:
    """One reader: how it comes in, where it begins, and when it leaves and comes back.

    `drops` are (after so many events, away for so long in seconds); `door` changes at each return.
    """

    door: DoorName
    gateway: int
    drops: tuple[tuple[int, float], ...] = ()
    joins_after_s: float = 0.0
    cancels_after: int | None = None  # events


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """One response: what is asked, and who reads it. `abandoned`: who asked leaves at once and never comes back."""

    number: int
    at: float  # of the run, from 0 to 1
    input: str
    fields: dict[str, object]
    asker: ReaderPlan
    viewers: tuple[ReaderPlan, ...] = ()
    abandoned: bool = False

    @property
    def store(self) -> bool:
        return bool(self.fields["store"])


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """One fault. `target` is 1 or 2 where there are two of a kind; `size` from 0 to 1 says how much of it."""

    kind: str
    target: int
    gap_s: float  # after the one before began
    size: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run."""

    seed: int
    streams: list[StreamPlan] = field(default_factory=list)
    faults: list[FaultPlan] = field(default_factory=list)


def draw_streams(seed: int, count: int, tokens: tuple[int, int]) -> list[StreamPlan]:
    chance = random.Random(f"{seed} streams")
    return [_stream(chance, seed, number, count, tokens) for number in range(count)]


def draw_faults(seed: int, kinds: Sequence[str], rounds: int, gap_s: tuple[float, float]) -> list[FaultPlan]:
    """Each kind once in a round, in an order of its own; one that may cost something in a few of the rounds only."""
    chance = random.Random(f"{seed} faults")
    return [
        FaultPlan(kind, chance.choice((1, 2)), chance.uniform(*gap_s), chance.random())
        for turn in range(rounds) for kind in chance.sample(kinds, len(kinds))
        if kind != LEFT or turn % RARELY == 0]


def _stream(chance: random.Random, seed: int, number: int, count: int, tokens: tuple[int, int]) -> StreamPlan:
    length = chance.randint(*tokens)
    fields: dict[str, object] = {"store": chance.random() < 0.7}
    if chance.random() < 0.15:
        fields["max_output_tokens"] = chance.randint(length // 2, length)
    if chance.random() < 0.15:
        fields["stop"] = [chance.choice(STOPS)]
        fields["min_tokens"] = chance.choice((1, length // 2))
    asker = _reader(chance, length, chance.choices(("socket", "events", "client"), (6, 2, 2))[0])
    viewers = [_reader(chance, length, chance.choices(("socket", "events", "client"), (5, 4, 1))[0], late=True)
               for _ in range(chance.choices((0, 1, 2), (5, 3, 1))[0])]
    if viewers and chance.random() < 0.25:
        first = viewers[0]
        viewers[0] = ReaderPlan("socket", 3 - asker.gateway, (), first.joins_after_s, chance.randint(3, length // 2))
    abandoned = not viewers and asker.door == "socket" and bool(fields["store"]) and chance.random() < 0.12
    return StreamPlan(number, number / count, f"chaos {seed} {number} [[tokens={length}]]", fields, asker,
                      tuple(viewers), abandoned)


def _reader(chance: random.Random, length: int, door: DoorName, *, late: bool = False) -> ReaderPlan:
    drops = [] if door == "client" else [
        (chance.randint(1, length), chance.uniform(0, 3)) for _ in range(chance.choices((0, 1, 2, 3), (4, 3, 2, 1))[0])]
    return ReaderPlan(door, chance.choice((1, 2)), tuple(drops), chance.uniform(0, 4) if late else 0.0)
