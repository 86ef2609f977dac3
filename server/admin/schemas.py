"""What an administrator sends."""
from typing import Literal

from server.common.validation import Strict


class UserUpdate(Strict):
    """What an administrator may change of somebody's account."""

    role: Literal["user", "administrator"] | None = None
    is_active: bool | None = None
