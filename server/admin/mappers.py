"""What an administrator is shown of somebody."""
from collections.abc import Sequence

from relay.views import Stay
from server.admin.ports import Member
from server.admin.schemas import MemberRead


def shown_member(
        member: Member, doors: tuple[int, int], conversations: int, stays: Sequence[Stay] | None, now: float,
) -> MemberRead:
    """`doors`: how many sessions and keys. `stays` None: whether somebody is connected cannot be known."""
    sessions, keys = doors
    last_seen_at = now if stays else member.last_seen_at
    return MemberRead(
        id=member.id,
        email=member.email,
        display_name=member.display_name,
        role="administrator" if member.role == "administrator" else "user",
        is_active=member.is_active,
        is_verified=member.is_verified,
        is_guest=member.is_guest,
        created_at=int(member.created_at),
        last_seen_at=None if last_seen_at is None else int(last_seen_at),
        is_connected=None if stays is None else bool(stays),
        sockets=None if stays is None else sum(stay.sockets for stay in stays),
        streams=None if stays is None else sum(stay.streams for stay in stays),
        conversations=conversations,
        sessions=sessions,
        keys=keys,
    )
