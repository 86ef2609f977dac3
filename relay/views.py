"""What gateways and workers hand to the relay's verbs and get from them, and how it is read from Redis."""
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from relay.job import Request, decode_request
from relay.records import Record

JobState = Literal["waiting", "running", "handover", "ended"]
WorkerState = Literal["loading", "ready", "draining"]
GatewayState = Literal["ready", "draining"]
NudgeKind = Literal["work", "look"]


@dataclass(frozen=True, slots=True)
class Submission:
    """A request to make. `request_hash` says whether another with the same `idempotency_key` asks for the same."""

    request: Request
    request_hash: str = ""
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """`new` is False where the key (or the id) was known: `response_id` is then the earlier response's.

    `waiting` is how many jobs are before it; `worker`, whether a live worker serves the model.
    """

    response_id: str
    new: bool
    waiting: int
    worker: bool


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as Redis knows it. `status` is the end's: completed, incomplete or failed; empty before."""

    response_id: str
    user: str
    model: str
    state: JobState
    attempt: int
    crashes: int
    cancelled: bool
    store: bool
    status: str
    request: Request
    followers: list[str]


@dataclass(frozen=True, slots=True)
class Places:
    """Where some jobs of a model stand: `of` each that waits its place, from 1 on.

    `waiting` is how many there are in all, `handed_over` how many of these are between two workers: they go first.
    """

    waiting: int
    handed_over: int
    of: dict[str, int]


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What a worker says of itself. `progress` 0..1 of loading, `kv_usage` 0..1, `started_at` Unix seconds.

    `capabilities` are what its model can do beyond text: `tools`, `images`, `reasoning`, `structured_output`,
    `logprobs`. None: it is not known yet, as while a model loads. `parameters` are how many its model has, where that
    is known.
    """

    name: str
    model: str
    state: WorkerState = "ready"
    message: str = ""
    progress: float | None = None
    running: int = 0
    waiting: int = 0  # in the engine's own scheduler
    capacity: int = 1
    kv_usage: float = 0.0
    context_tokens: int = 0
    started_at: float = 0.0
    tokens_per_s: float = 0.0
    capabilities: list[str] | None = None
    attempts: int = 0  # jobs that it has leased since it started …
    taken_over: int = 0  # … and those of them that another had begun
    parameters: int | None = None


@dataclass(frozen=True, slots=True)
class GatewayInfo:
    """What a gateway says of itself; None where it does not. `started_at` in Unix seconds.

    `streams` are answers over HTTP that are told as they come, `users` who holds a socket or a stream.
    """

    name: str
    state: GatewayState | None = None
    started_at: float | None = None
    sockets: int | None = None
    streams: int | None = None
    users: int | None = None
    tokens_per_s: float | None = None  # taken in for whoever follows


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs that wait for a model. `handed_over` are between two workers; `oldest_s` is of the others."""

    model: str
    waiting: int
    handed_over: int
    oldest_s: float | None


@dataclass(frozen=True, slots=True)
class Stay:
    """What one user holds open at one gateway, and since when without a pause (Unix seconds)."""

    gateway: str
    since: float
    sockets: int
    streams: int


@dataclass(frozen=True, slots=True)
class RedisInfo:
    """`unsaved`: responses that have ended and are not in the database yet."""

    version: str
    memory_bytes: int
    connections: int
    unsaved: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a gateway has shown (or recorded) of a response: its records of the last 10 s at least, in order."""

    request: Request
    records: list[Record]


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that this worker holds from now on. Its first number is `records.first_number`.

    `expired`: it waited for too long and never ran. `hopeless`: it has ended `max_crashes` attempts. `unreadable`: the
    request or the log cannot be decoded (another version wrote it), and `request` or `records` are empty. In each of
    these cases the worker appends its failure and nothing else.
    """

    response_id: str
    attempt: int
    crashes: int
    request: Request
    records: list[Record]  # the log so far
    followers: list[str]  # the destinations from now on
    cancelled: bool
    expired: bool
    hopeless: bool
    unreadable: bool = False

    @property
    def last(self) -> int:
        """The log's last number."""
        return self.records[-1].last if self.records else -1

    @property
    def begun(self) -> bool:
        """Whether another attempt came before: it has logged something, or ended without a word."""
        return self.crashes > 0 or any(record.attempt for record in self.records)


@dataclass(frozen=True, slots=True)
class Held:
    """A response that this worker runs. `after` is the log's last number where its attempt began.

    `records` are all that the log may lack, in order: not logged yet, or (for `rejoin`, after a restart of Redis)
    logged or leased in the last 10 s. `request` is there where they begin with the first of all, so that a job that
    Redis has lost can be made again.
    """

    response_id: str
    attempt: int
    after: int
    records: list[Record]
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one turn of the worker's loop appends, at once.

    Where `destinations` change, or a response `ends` (with its status), `entries` must bring its log up to date.
    """

    batches: dict[str, list[Record]] = field(default_factory=dict)  # by gateway
    entries: list[Record] = field(default_factory=list)
    destinations: dict[str, list[str]] = field(default_factory=dict)  # by response: gateways
    ends: dict[str, str] = field(default_factory=dict)  # by response: completed, incomplete, failed


@dataclass(frozen=True, slots=True)
class Nudge:
    """Why a worker is woken: there may be work, or look at a job (its followers or its cancelling changed)."""

    kind: NudgeKind
    response_id: str = ""


_infos = msgspec.json.Decoder(WorkerInfo)
_gateway_infos = msgspec.json.Decoder(GatewayInfo)
FOLLOW = b"follow:"


def job_view(response_id: str, fields: dict[bytes, bytes]) -> JobView:
    """From a job's hash."""
    text = {name.decode(): value.decode() for name, value in fields.items() if name != b"request"}
    state: Any = text["state"]
    return JobView(
        response_id, text["user"], text["model"], state, int(text["attempt"]), int(text["crashes"]),
        text["cancelled"] != "", text["store"] == "1", text["status"], decode_request(fields[b"request"]),
        sorted(name.removeprefix(FOLLOW).decode() for name in fields if name.startswith(FOLLOW)))


def live_workers(flat: list[bytes]) -> list[WorkerInfo]:
    """From the hash `workers` (names and entries in turn), without those whose token is void."""
    entries = [msgspec.msgpack.decode(entry) for entry in flat[1::2]]
    infos = [_infos.decode(entry[-1]) for entry in entries if entry[0]]
    return sorted(infos, key=lambda info: info.name)


def live_gateways(flat: list[bytes]) -> list[GatewayInfo]:
    """From the hash `gateways`, as `live_workers`. One that has said nothing of itself is known by its name."""
    entries = zip(flat[::2], map(msgspec.msgpack.decode, flat[1::2]), strict=True)
    infos = [
        _gateway_infos.decode(entry[-1]) if entry[-1] else GatewayInfo(name.decode())
        for name, entry in entries if entry[0]]
    return sorted(infos, key=lambda info: info.name)
