"""/v1/admin/users: others' accounts, for administrators."""
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from server.admin import live_samples as samples
from server.admin.dependencies import AdminMembers
from server.admin.schemas import MemberList, MemberRead, UserInvite, UserUpdate
from server.auth.dependencies import never_kept
from server.auth.guards import Administrator
from server.common.documented import documented
from server.common.errors import Code

router = APIRouter(prefix="/v1/admin/users", tags=["administration"], dependencies=[Depends(never_kept)])
Words = Annotated[str, Query(
    max_length=100, description="a part of an address or a name, or an id; case does not count in A to Z")]


@router.get("", openapi_extra=documented(Code.NOT_FOUND, Code.HISTORY_UNAVAILABLE, example=samples.MEMBERS))
async def list_users(
        user: Administrator, members: AdminMembers, query: Words = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        after: Annotated[str | None, Query(max_length=80, description="the last id of the page before")] = None,
) -> MemberList:
    """In the order in which they came, and of each whether somebody is connected now."""
    return await members.page(query, after, limit)


@router.post("", status_code=201, openapi_extra=documented(
    Code.EMAIL_TAKEN, Code.HISTORY_UNAVAILABLE, example=samples.MEMBERS["data"][0]))
async def invite_user(body: UserInvite, user: Administrator, members: AdminMembers) -> MemberRead:
    """Make an account for somebody, who chooses the password by the letter that goes out, within a week. For an account
    that nobody has entered yet the letter goes out again. It is made though registration is closed.
    """
    return await members.invite(body.email, body.display_name, body.role)


@router.patch("/{user_id}", openapi_extra=documented(
    Code.NOT_FOUND, Code.LAST_ADMINISTRATOR, Code.HISTORY_UNAVAILABLE, example=samples.MEMBERS["data"][0]))
async def change_user(
        user_id: str, body: UserUpdate, user: Administrator, members: AdminMembers) -> MemberRead:
    """Make somebody an administrator or not, let them in or not. Whoever is not let in is out within seconds."""
    return await members.change(user_id, role=body.role, is_active=body.is_active)
