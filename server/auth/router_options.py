"""/v1/auth/options: which ways in there are. Nobody is asked who they are."""
from fastapi import APIRouter
from starlette.requests import HTTPConnection

from server.auth.dependencies import Auth
from server.auth.guards import GatewayAuthenticator, credentials_of
from server.auth.schemas import EntryOptions
from server.auth.sso.mappers import shown_providers

router = APIRouter(prefix="/v1/auth", tags=["accounts"])


@router.get("/options")
async def entry_options(connection: HTTPConnection, auth: Auth, authenticator: GatewayAuthenticator) -> EntryOptions:
    """What a page shows to who is not signed in: chat at once, register, sign in at a provider, have a letter sent."""
    return await auth.entry.options(
        guests=authenticator.welcomes_guests(credentials_of(connection)), providers=shown_providers(auth.sso.providers))
