"""Jobs as a worker leases them, for tests."""
from typing import Any

from relay.events import AnyEvent
from relay.job import Request, Sampling
from relay.records import Record, first_record
from relay.views import Leased


def response_id(number: int = 0) -> str:
    return f"resp_0{number:024x}"


def request(number: int = 0, text: str = "Hello", **more: Any) -> Request:
    return Request(
        response_id(number), "anna", "synthetic", 1.0, [{"type": "message", "role": "user", "content": text}],
        **{"sampling": Sampling()} | more)


def leased(number: int = 0, *, attempt: int = 7, text: str = "Hello", followers: tuple[str, ...] = ("g1",),
           log: list[AnyEvent] | None = None, **more: Any) -> Leased:
    """A job; `log` are the events of an earlier attempt."""
    records = [first_record(response_id(number))]
    if log:
        records.append(Record(response_id(number), attempt - 1, 1, 1001, log))
    fields: dict[str, Any] = {"crashes": 0, "cancelled": False, "expired": False, "hopeless": False} | more
    return Leased(
        response_id(number), attempt, request=request(number, text), records=records, followers=list(followers),
        **fields)
