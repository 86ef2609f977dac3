"""What one gateway has counted in one step of time, out of what `/metrics` counts anyway; and as it is written."""
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from relay.views import WorkerInfo

STEP_S = 5
Key = TypeVar("Key")


class Sample(msgspec.Struct, omit_defaults=True):
    """`at`: when the step ended, in Unix seconds, a multiple of STEP_S. Counts are of this step alone.

    `first_token`, `per_token`: measurements by the upper end of their bucket, in seconds. `ended`: responses that this
    gateway had submitted, by status; `failures` those that failed, by code. What all gateways know alike is None where
    this one did not know it.
    """

    gateway: str
    at: int
    seconds: float  # that it took: more than a step where some could not be told
    tokens: int = 0
    sockets: int = 0
    first_token: dict[float, int] = {}
    per_token: dict[float, int] = {}
    ended: dict[str, int] = {}
    failures: dict[str, int] = {}
    errors: dict[str, int] = {}  # that clients were told, by code
    running: int | None = None
    waiting: int | None = None
    made_per_s: float | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Sample)


def encode(sample: Sample) -> bytes:
    return _encoder.encode(sample)


def decode(data: bytes) -> Sample | None:
    """None for what another version has written."""
    try:
        return _decoder.decode(data)
    except msgspec.MsgspecError:
        return None


@dataclass(frozen=True, slots=True)
class Counted:
    """All counts of this gateway since its start."""

    tokens: int
    first_token: Mapping[float, int]
    per_token: Mapping[float, int]
    ends: Mapping[tuple[str, str], int]  # by status and reason
    errors: Mapping[str, int]


Count = Callable[[], Counted]


def difference(gateway: str, at: int, seconds: float, before: Counted, now: Counted) -> Sample:
    """What was counted between two looks."""
    ends = _grown(before.ends, now.ends)
    ended, failures = Counter[str](), Counter[str]()
    for (status, reason), count in ends.items():
        ended[status] += count
        if status == "failed":
            failures[reason] += count
    return Sample(
        gateway, at, seconds,
        tokens=now.tokens - before.tokens,
        first_token=_grown(before.first_token, now.first_token),
        per_token=_grown(before.per_token, now.per_token),
        ended=dict(ended),
        failures=dict(failures),
        errors=_grown(before.errors, now.errors),
    )


def with_workers(sample: Sample, workers: list[WorkerInfo], waiting: Mapping[str, int]) -> Sample:
    """And what the relay knows, over all models."""
    return msgspec.structs.replace(
        sample,
        running=sum(worker.running for worker in workers),
        waiting=sum(waiting.values()),
        made_per_s=round(sum(worker.tokens_per_s for worker in workers), 1),
    )


def _grown(before: Mapping[Key, int], now: Mapping[Key, int]) -> dict[Key, int]:
    return {key: count - before.get(key, 0) for key, count in now.items() if count > before.get(key, 0)}
