"""The tables of accounts, and of what shows that one is theirs. Secrets are kept as hashes only; times are Unix times.

Other domains own rows by an account's id, or a guest's, as a plain string: no foreign key of theirs leads here.
"""
import time
from typing import TYPE_CHECKING

from fastapi_users_db_sqlalchemy import SQLAlchemyBaseOAuthAccountTable
from sqlalchemy import JSON, BigInteger, Boolean, Double, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.auth.schemas import Role
from server.common import ids
from server.common.database import Table

ID_LENGTH = 80


class OAuthAccountRow(SQLAlchemyBaseOAuthAccountTable[str], Table):
    """An account at somebody else's that signs in to one of ours, in fastapi-users' shape."""

    __tablename__ = "oauth_accounts"

    if TYPE_CHECKING:  # fastapi-users' protocols know no `Mapped`
        user_id: str
    else:
        id: Mapped[str] = mapped_column(
            String(ID_LENGTH), primary_key=True, default=lambda: ids.item_id("oauth"))
        user_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
        oauth_name: Mapped[str] = mapped_column(String(100))
        access_token: Mapped[str] = mapped_column(Text)
        expires_at: Mapped[int | None] = mapped_column(Integer)
        refresh_token: Mapped[str | None] = mapped_column(Text)
        account_id: Mapped[str] = mapped_column(String(320))
        account_email: Mapped[str] = mapped_column(String(320))

    __table_args__ = (Index("oauth_accounts_at", "oauth_name", "account_id", unique=True),)


class Account(Table):
    """A person's. `email` is in lower case; a guest has none, nor a password.

    `sessions_from`: bearer tokens that were issued before are void, as after a change of password. `last_seen_at`: when
    it last asked for anything, or left; true to half a minute, and not kept of guests.
    """

    __tablename__ = "accounts"

    if TYPE_CHECKING:
        id: str
        email: str
        hashed_password: str
        is_active: bool
        is_verified: bool
        is_superuser: bool
    else:
        id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=lambda: ids.item_id("user"))
        email: Mapped[str | None] = mapped_column(String(320), unique=True)
        hashed_password: Mapped[str] = mapped_column(String(1024), default="")
        is_active: Mapped[bool] = mapped_column(Boolean, default=True)
        is_verified: Mapped[bool] = mapped_column(Boolean, default=False)

        @property
        def is_superuser(self) -> bool:
            """fastapi-users' word for an administrator."""
            return self.role == Role.ADMINISTRATOR.value

    is_guest: Mapped[bool] = mapped_column(Boolean, default=False)
    role: Mapped[str] = mapped_column(String(20), default=Role.USER.value)
    display_name: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[float] = mapped_column(Double, default=time.time)
    sessions_from: Mapped[float] = mapped_column(Double, default=0.0)
    last_seen_at: Mapped[float | None] = mapped_column(Double, default=None)
    oauth_accounts: Mapped[list[OAuthAccountRow]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True)

    __table_args__ = (Index("accounts_by_age", "created_at", "id"),)


class SessionRow(Table):
    """A browser that is signed in: an access token in fastapi-users' sense."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=lambda: ids.item_id("ses"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[float] = mapped_column(Double, default=time.time)
    last_seen_at: Mapped[float] = mapped_column(Double, default=time.time)
    expires_at: Mapped[float] = mapped_column(Double)


class ApiKeyRow(Table):
    """A program's key. `prefix` is what is shown of it. A revoked one stays, so that its name and last use do."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=lambda: ids.item_id("key"))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    prefix: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[float] = mapped_column(Double, default=time.time)
    expires_at: Mapped[float | None] = mapped_column(Double)
    revoked_at: Mapped[float | None] = mapped_column(Double)
    last_used_at: Mapped[float | None] = mapped_column(Double)


class RevocationRow(Table):
    """What has ended: a session, a key, or all that a user has. Every gateway reads on behind the last it has read."""

    __tablename__ = "revocations"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[float] = mapped_column(Double, default=time.time)
    subject: Mapped[str] = mapped_column(String(ID_LENGTH))
    reason: Mapped[str] = mapped_column(String(40))

    __table_args__ = ({"sqlite_autoincrement": True},)  # else an id could come a second time, and be taken for read


class FormerOwnerRow(Table):
    """An id that owns nothing any more: a guest's whose history went to an account, or that of an account erased."""

    __tablename__ = "former_owners"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)


class InstallationRow(Table):
    """What an installation has once: the first one to write it wins."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
