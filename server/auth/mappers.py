"""What is shown of accounts, and of what lets in to them: never a secret, nor its hash."""
from typing import Any

from server.auth.export import Possessions
from server.auth.models import Account, ApiKeyRow, SessionRow
from server.auth.schemas import User

EXPORT_VERSION = 1


def shown_account(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "object": "account",
        "email": account.email,
        "is_verified": account.is_verified,
        "is_guest": account.is_guest,
        "is_active": account.is_active,
        "role": account.role,
        "display_name": account.display_name,
        "created_at": int(account.created_at),
    }


def shown_visitor(user: User) -> dict[str, Any]:
    """Who has no account, in the same shape."""
    return {
        "id": user.id,
        "object": "account",
        "email": None,
        "is_verified": False,
        "is_guest": not user.admin,
        "is_active": True,
        "role": "administrator" if user.admin else "user",
        "display_name": "",
        "created_at": None,
    }


def shown_possessions(user: User, has: Possessions, current: str, at: float) -> dict[str, Any]:
    """The head of an export; `current` is the session that asks."""
    return {
        "object": "parley:account.export",
        "version": EXPORT_VERSION,
        "exported_at": int(at),
        "account": shown_visitor(user) if has.account is None else shown_account(has.account),
        "identities": [identity.model_dump() for identity in has.identities],
        "sessions": [shown_session(row, current) for row in has.sessions],
        "keys": [shown_key(row) for row in has.keys],
    }


def shown_session(row: SessionRow, current: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "object": "session",
        "user_agent": row.user_agent,
        "created_at": int(row.created_at),
        "last_seen_at": int(row.last_seen_at),
        "expires_at": int(row.expires_at),
        "is_current": row.id == current,
    }


def shown_key(row: ApiKeyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "object": "api_key",
        "name": row.name,
        "prefix": row.prefix,
        "scopes": row.scopes,
        "created_at": int(row.created_at),
        "expires_at": _whole(row.expires_at),
        "last_used_at": _whole(row.last_used_at),
    }


def _whole(at: float | None) -> int | None:
    return None if at is None else int(at)
