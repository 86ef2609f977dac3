"""/v1/account: one's own profile, password, sessions and end."""
import time
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from server.auth import cookies
from server.auth.bodies import (
    AccountUpdate,
    Confirmation,
    EmailChange,
    PasswordChange,
)
from server.auth.dependencies import Auth, ClientAddress, never_kept
from server.auth.guards import AccountHolder, CurrentGrant, CurrentUser, Person
from server.auth.mappers import EXPORT_VERSION, shown_account, shown_possessions, shown_session, shown_visitor
from server.auth.pipes import written
from server.common.documented import documented
from server.common.errors import Code
from server.common.listing import shown_list

EXPORT_NAME = "parley-account.json"
VISITOR = {
    "id": "user_0a1b2c3d", "object": "account", "email": "ann@example.org", "is_verified": True, "is_guest": False,
    "is_active": True, "role": "user", "display_name": "Ann", "created_at": 1_764_000_000}
EXPORT = {
    "object": "parley:account.export", "version": EXPORT_VERSION, "exported_at": 1_764_000_000, "account": VISITOR,
    "identities": [], "sessions": [], "keys": [], "conversations": [], "responses": []}

router = APIRouter(prefix="/v1/account", tags=["accounts"], dependencies=[Depends(never_kept)])


@router.get("")
async def read_account(user: CurrentUser, auth: Auth) -> dict[str, Any]:
    """Who one is here: an account, a guest, or whom a key out of the settings stands for."""
    account = await auth.profile.read(user)
    return shown_visitor(user) if account is None else shown_account(account)


@router.get("/export", openapi_extra=documented(Code.HISTORY_UNAVAILABLE, answers=[EXPORT]))
async def export_account(grant: CurrentGrant, user: Person, auth: Auth, address: ClientAddress) -> Response:
    """All that one has here, as a file: the profile, each conversation as its own export has it, the responses of none.

    It comes as it is read. One that breaks off is no JSON; ask again.
    """
    await auth.throttle.attempt("export", address, user.id)
    head = shown_possessions(user, await auth.export.possessions(user), grant.id, time.time())
    return StreamingResponse(written(head, auth.export.of(user)), media_type="application/json", headers={
        "Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{EXPORT_NAME}"'})


@router.patch("")
async def change_account(body: AccountUpdate, user: Person, auth: Auth) -> dict[str, Any]:
    """Also for a guest, whose name the account then takes over."""
    return shown_account(await auth.profile.rename(user, body.display_name))


@router.delete("", status_code=204, openapi_extra=documented(Code.INVALID_CREDENTIALS, Code.LAST_ADMINISTRATOR))
async def delete_account(
        body: Confirmation, request: Request, user: AccountHolder, auth: Auth, address: ClientAddress) -> Response:
    """The account and all its data: responses, conversations, keys, sessions. It cannot be undone."""
    await auth.throttle.attempt("password", address, user.id)
    await auth.profile.delete(user, body.password)
    answer = Response(status_code=204)
    cookies.clear_session(answer, request)
    return answer


@router.post("/password", status_code=204, openapi_extra=documented(Code.INVALID_CREDENTIALS, Code.INVALID_PASSWORD))
async def change_password(
        body: PasswordChange, grant: CurrentGrant, user: AccountHolder, auth: Auth, address: ClientAddress) -> Response:
    """Other sessions and tokens end; API keys stay."""
    await auth.throttle.attempt("password", address, user.id)
    await auth.profile.change_password(user, body.current_password, body.password, grant.id)
    return Response(status_code=204)


@router.post("/email", status_code=202, openapi_extra=documented(Code.INVALID_CREDENTIALS))
async def change_email(
        body: EmailChange, user: AccountHolder, auth: Auth, address: ClientAddress) -> dict[str, str]:
    """A letter goes to the new address, which counts once it was answered (`/v1/auth/verify`)."""
    await auth.throttle.attempt("password", address, user.id)
    await auth.throttle.attempt("letter", address, body.email.lower())
    await auth.profile.change_email(user, body.email, body.password)
    return {"status": "accepted"}


@router.get("/sessions")
async def list_sessions(grant: CurrentGrant, user: AccountHolder, auth: Auth) -> dict[str, Any]:
    """Where one is signed in, the one used last first."""
    return shown_list([shown_session(row, grant.id) for row in await auth.profile.sessions(user)])


@router.delete("/sessions/{session_id}", status_code=204, openapi_extra=documented(Code.NOT_FOUND))
async def end_session(session_id: str, user: AccountHolder, auth: Auth) -> Response:
    """Its sockets close within seconds, at every gateway."""
    await auth.profile.end_session(user, session_id)
    return Response(status_code=204)


@router.delete("/sessions")
async def end_other_sessions(grant: CurrentGrant, user: AccountHolder, auth: Auth) -> dict[str, int]:
    """All but the one that asks."""
    return {"ended": await auth.profile.end_other_sessions(user, grant.id)}
