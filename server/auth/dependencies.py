"""The parts of accounts, as routes get them, and what they read of a request."""
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.auth.export import AccountExport
from server.auth.guards import SESSION_COOKIE, GatewayAuthenticator, credentials_of
from server.auth.keys import Keys
from server.auth.options import Entry
from server.auth.profile import Profile
from server.auth.registration import Registration
from server.auth.schemas import Kind, Proof
from server.auth.service import COMMON_GUEST, guest_id
from server.auth.signing_in import SigningIn, Visit
from server.auth.sso.service import SsoService
from server.auth.throttle import Throttle
from server.auth.tickets import Tickets


@dataclass(frozen=True, slots=True)
class AuthServices:
    """What the routes work with. `trusted_proxies` stand before the gateway and name who they ask for; `public_url` is
    where people reach the installation, if that was set."""

    registration: Registration
    signing_in: SigningIn
    profile: Profile
    keys: Keys
    tickets: Tickets
    throttle: Throttle
    sso: SsoService
    entry: Entry
    export: AccountExport
    trusted_proxies: int = 0
    public_url: str = ""


def get_auth(connection: HTTPConnection) -> AuthServices:
    services: AuthServices = connection.app.state.auth
    return services


Auth = Annotated[AuthServices, Depends(get_auth)]


def client_address(connection: HTTPConnection, auth: Auth) -> str:
    """Where a request comes from. Of X-Forwarded-For only what our own proxies have written counts: the rest is the
    client's word, and would let it count as somebody else with each attempt.
    """
    peer = connection.client.host if connection.client is not None else ""
    if not auth.trusted_proxies:
        return peer
    hops = [hop.strip() for hop in ",".join(connection.headers.getlist("x-forwarded-for")).split(",") if hop.strip()]
    return hops[-auth.trusted_proxies] if len(hops) >= auth.trusted_proxies else peer


def never_kept(response: Response) -> None:
    """What is answered is secret, or true for a moment."""
    response.headers["Cache-Control"] = "no-store"


def own_page(connection: HTTPConnection, authenticator: GatewayAuthenticator) -> None:
    """For what needs no session yet: a page of elsewhere must not sign its visitor in or up. Raises NotAllowed."""
    authenticator.refuse_strangers(credentials_of(connection))


async def current_visit(connection: HTTPConnection, authenticator: GatewayAuthenticator) -> Visit:
    """The browser that is about to sign in or up. Raises NotAllowed, Unavailable."""
    own_page(connection, authenticator)
    credentials = credentials_of(connection)
    guest = None
    if authenticator.admits_guests and credentials.guest_cookie:
        grant = await authenticator.grant(Proof(Kind.GUEST, guest_id(credentials.guest_cookie)))
        guest = None if grant.user.id == COMMON_GUEST.id else grant.user.id
    return Visit(guest, connection.cookies.get(SESSION_COOKIE, ""), connection.headers.get("user-agent", ""))


ClientAddress = Annotated[str, Depends(client_address)]
CurrentVisit = Annotated[Visit, Depends(current_visit)]
