"""From what gateways and workers say of themselves to what an administrator is shown."""
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from relay.views import GatewayInfo, Queue, Stay, WorkerInfo
from server.admin.live_schemas import (
    ConnectedRead,
    GatewayRead,
    PersonRead,
    QueueRead,
    TotalsRead,
    WorkerRead,
)
from server.admin.ports import Member
from server.auth.schemas import GUEST, VISITOR
from server.auth.service import COMMON_GUEST

Number = TypeVar("Number", int, float)
ACCOUNT = "user_"


def gateway(info: GatewayInfo) -> GatewayRead:
    return GatewayRead(
        id=info.name, state=info.state, started_at=info.started_at, sockets=info.sockets, streams=info.streams,
        users=info.users, delivered_tokens_per_s=info.tokens_per_s)


def worker(info: WorkerInfo) -> WorkerRead:
    loaded = info.capacity > 0  # while it loads it does not know its engine's measures
    return WorkerRead(
        id=info.name, model=info.model, state=info.state, message=info.message, progress=info.progress,
        started_at=info.started_at, running=info.running, waiting=info.waiting,
        capacity=info.capacity if loaded else None, tokens_per_s=round(info.tokens_per_s, 1),
        kv_usage=round(info.kv_usage, 4) if loaded else None, context_tokens=info.context_tokens or None,
        attempts=info.attempts, taken_over=info.taken_over)


def queue(queue: Queue) -> QueueRead:
    return QueueRead(
        model=queue.model, waiting=queue.waiting, handed_over=queue.handed_over, oldest_wait_s=queue.oldest_s)


def totals(
        gateways: Sequence[GatewayInfo] | None, workers: Sequence[WorkerInfo] | None, queues: Sequence[Queue] | None,
        users: int | None) -> TotalsRead:
    """None: that is not known."""
    return TotalsRead(
        sockets=_sum(one.sockets for one in gateways) if gateways is not None else None,
        streams=_sum(one.streams for one in gateways) if gateways is not None else None,
        users=users,
        delivered_tokens_per_s=_sum(one.tokens_per_s for one in gateways) if gateways is not None else None,
        running=sum(one.running for one in workers) if workers is not None else None,
        waiting=sum(one.waiting for one in queues) if queues is not None else None,
        capacity=sum(one.capacity for one in workers) if workers is not None else None,
        tokens_per_s=round(sum(one.tokens_per_s for one in workers), 1) if workers is not None else None,
    )


def person(user_id: str, members: Mapping[str, Member]) -> PersonRead:
    """`members` are the accounts that are known."""
    member = members.get(user_id)
    if member is None:
        return PersonRead(id=user_id, kind=_kind(user_id), email=None, display_name=None)
    kind: Literal["account", "guest"] = "guest" if member.is_guest else "account"
    return PersonRead(id=user_id, kind=kind, email=member.email, display_name=member.display_name)


def connected(user_id: str, stays: Sequence[Stay], members: Mapping[str, Member]) -> ConnectedRead:
    return ConnectedRead(
        id=user_id,
        user=person(user_id, members),
        since=min(stay.since for stay in stays),
        sockets=sum(stay.sockets for stay in stays),
        streams=sum(stay.streams for stay in stays),
        gateway_ids=[stay.gateway for stay in stays],
    )


def _kind(user_id: str) -> Literal["account", "guest", "key"]:
    """By an id alone. A guest that has become an account keeps its id."""
    if user_id.startswith((GUEST, VISITOR)) or user_id == COMMON_GUEST.id:
        return "guest"
    return "account" if user_id.startswith(ACCOUNT) else "key"


def _sum(values: Iterable[Number | None]) -> Number | None:
    """None if one of them is."""
    total: Number | None = None
    for value in values:
        if value is None:
            return None
        total = value if total is None else total + value
    return total
