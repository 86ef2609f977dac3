"""/v1/tickets: to open one socket from a page on another origin."""
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request

from server.auth.dependencies import Auth, never_kept
from server.auth.guards import PROTOCOL, TICKET_PROTOCOL, CurrentGrant, GatewayAuthenticator, credentials_of
from server.auth.tickets import LIFETIME_S
from server.common.documented import documented
from server.common.errors import Code

router = APIRouter(prefix="/v1/tickets", tags=["accounts"], dependencies=[Depends(never_kept)])


@router.post("", status_code=201, openapi_extra=documented(Code.RELAY_UNAVAILABLE))
async def create_ticket(
        request: Request, grant: CurrentGrant, authenticator: GatewayAuthenticator, auth: Auth) -> dict[str, Any]:
    """Good for one socket within half a minute: offer both of `protocols` as the WebSocket's subprotocols."""
    ticket = await auth.tickets.issue(await authenticator.prove(credentials_of(request)))
    return {
        "object": "ticket",
        "ticket": ticket,
        "protocols": [PROTOCOL, f"{TICKET_PROTOCOL}{ticket}"],
        "expires_in": LIFETIME_S,
    }
