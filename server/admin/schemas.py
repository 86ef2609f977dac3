"""Others' accounts as an administrator sees and changes them."""
from typing import Literal

from pydantic import BaseModel, Field

from server.auth.bodies import Email, Name
from server.common.validation import Strict


class UserInvite(Strict):
    """Whom an administrator makes an account for."""

    email: Email
    display_name: Name = ""
    role: Literal["user", "administrator"] = "user"


class UserUpdate(Strict):
    """What an administrator may change of somebody's account."""

    role: Literal["user", "administrator"] | None = None
    is_active: bool | None = None


class MemberRead(BaseModel):
    """An account, or a guest of whom something is kept. Times are Unix times in seconds."""

    id: str
    object: Literal["user"] = "user"
    email: str | None
    display_name: str
    role: Literal["user", "administrator"]
    is_active: bool
    is_verified: bool
    is_guest: bool
    created_at: int
    last_seen_at: int | None = Field(
        description="when anything was last asked for, or an open connection ended, true to half a minute; now, while "
        "somebody is connected. Null: not since this is kept, or a guest")
    is_connected: bool | None = Field(
        description="whether a socket or a stream is open, at any gateway; null while Redis is away")
    sockets: int | None
    streams: int | None
    conversations: int
    sessions: int = Field(description="browsers that are signed in")
    keys: int = Field(description="API keys that are neither revoked nor too old")


class MemberList(BaseModel):
    object: Literal["list"] = "list"
    data: list[MemberRead]
    first_id: str | None
    last_id: str | None
    has_more: bool
    total: int = Field(description="how many there are in all pages")
