"""/v1/keys: API keys for one's programs."""
from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from server.auth.bodies import KeyCreate
from server.auth.dependencies import Auth, never_kept
from server.auth.guards import AccountHolder
from server.auth.mappers import shown_key
from server.auth.schemas import Scope
from server.common.documented import documented
from server.common.errors import Code
from server.common.listing import shown_list

router = APIRouter(prefix="/v1/keys", tags=["accounts"], dependencies=[Depends(never_kept)])


@router.post("", status_code=201, openapi_extra=documented(Code.ADMINISTRATOR_REQUIRED, Code.TOO_MANY_KEYS))
async def create_key(body: KeyCreate, user: AccountHolder, auth: Auth) -> dict[str, Any]:
    """`key` is shown in this answer only: nobody can read it again."""
    key, row = await auth.keys.create(user, body.name, map(Scope, body.scopes), body.expires_at)
    return {**shown_key(row), "key": key}


@router.get("")
async def list_keys(user: AccountHolder, auth: Auth) -> dict[str, Any]:
    """Those that were not revoked, the newest first."""
    return shown_list([shown_key(row) for row in await auth.keys.list(user)])


@router.delete("/{key_id}", status_code=204, openapi_extra=documented(Code.NOT_FOUND))
async def revoke_key(key_id: str, user: AccountHolder, auth: Auth) -> Response:
    """It is refused from now on, and its sockets close within seconds, at every gateway."""
    await auth.keys.revoke(user, key_id)
    return Response(status_code=204)
