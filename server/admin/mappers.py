"""What an administrator is shown."""
from typing import Any

from server.admin.service import Member


def shown_member(member: Member) -> dict[str, Any]:
    return {
        "id": member.id,
        "object": "user",
        "email": member.email,
        "display_name": member.display_name,
        "role": member.role,
        "is_active": member.is_active,
        "is_verified": member.is_verified,
        "is_guest": member.is_guest,
        "created_at": int(member.created_at),
    }
