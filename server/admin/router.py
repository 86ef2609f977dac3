"""/v1/admin/users: others' accounts, for administrators."""
from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.admin.dependencies import AdminUsers
from server.admin.mappers import shown_member
from server.admin.schemas import UserUpdate
from server.auth.guards import Administrator
from server.common.documented import documented
from server.common.errors import Code
from server.common.listing import shown_list

router = APIRouter(prefix="/v1/admin/users", tags=["administration"])


@router.get("", openapi_extra=documented(Code.NOT_FOUND))
async def list_users(
        user: Administrator, users: AdminUsers, limit: Annotated[int, Query(ge=1, le=100)] = 20,
        after: Annotated[str | None, Query(max_length=80)] = None) -> dict[str, Any]:
    """In the order in which they came; `after` is the last id of the page before."""
    accounts, has_more = await users.page(after, limit)
    return shown_list([shown_member(account) for account in accounts], has_more)


@router.patch("/{user_id}", openapi_extra=documented(Code.NOT_FOUND, Code.LAST_ADMINISTRATOR))
async def change_user(user_id: str, body: UserUpdate, user: Administrator, users: AdminUsers) -> dict[str, Any]:
    """Make somebody an administrator or not, let them in or not. Whoever is not let in is out within seconds."""
    return shown_member(await users.change(user_id, role=body.role, is_active=body.is_active))
