"""Guards: a route that names one in its signature runs only for whom the guard lets through."""
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.types import Scope

from server.auth.schemas import GUEST, VISITOR, Credentials, Grant, User
from server.auth.scopes import needed
from server.auth.service import Authenticator
from server.common.errors import ApiError, Code, NotAllowed
from server.common.recent import asking

GUEST_COOKIE = "parley_guest"
SESSION_COOKIE = "parley_session"
PROTOCOL = "parley.v1"
TICKET_PROTOCOL = "parley.ticket."
GRANT = "parley.grant"  # in a scope


def get_authenticator(connection: HTTPConnection) -> Authenticator:
    authenticator: Authenticator = connection.app.state.authenticator
    return authenticator


GatewayAuthenticator = Annotated[Authenticator, Depends(get_authenticator)]


def credentials_of(connection: HTTPConnection) -> Credentials:
    """What this HTTP request or WebSocket upgrade brings."""
    headers, cookies = connection.headers, connection.cookies
    return Credentials(
        authorization=headers.get("authorization", ""),
        guest_cookie=cookies.get(GUEST_COOKIE, ""),
        session_cookie=cookies.get(SESSION_COOKIE, ""),
        ticket=_ticket(connection),
        origin=headers.get("origin", ""),
        host=headers.get("host", ""),
    )


async def current_grant(connection: HTTPConnection, authenticator: GatewayAuthenticator) -> Grant:
    """That whoever sends this request or opens this WebSocket is let in. Raises NotAllowed, Unavailable.

    Whoever serves a connection that stays has to end it when the grant ends (`Grant.call`).
    """
    grant = await authenticator.identify(credentials_of(connection))
    asking.set(grant.user.id)
    missing = needed(connection.scope["path"]) - grant.user.scopes
    if missing:
        raise NotAllowed(
            Code.INSUFFICIENT_SCOPE, f"This key may not do that: it lacks the scope `{'`, `'.join(sorted(missing))}`.")
    connection.scope[GRANT] = grant
    return grant


def granted(scope: Scope) -> Grant | None:
    """What let in the request that a scope is of, for what goes on behind its route."""
    found: Grant | None = scope.get(GRANT)
    return found


async def session_is_over(connection: HTTPConnection) -> bool:
    """Whether the cookie's session is known to be no more."""
    try:
        await get_authenticator(connection).identify(credentials_of(connection))
    except ApiError as error:
        return error.code is Code.SESSION_ENDED
    return False


def welcomes_guests(connection: HTTPConnection) -> bool:
    """Whether who comes like this may chat without signing in."""
    return get_authenticator(connection).welcomes_guests(credentials_of(connection))


CurrentGrant = Annotated[Grant, Depends(current_grant)]


async def current_user(grant: CurrentGrant) -> User:
    """Whoever sends this HTTP request or opens this WebSocket."""
    return grant.user


CurrentUser = Annotated[User, Depends(current_user)]


async def account_holder(user: CurrentUser) -> User:
    """Raises NotAllowed for guests, and for keys out of the settings."""
    if not user.has_account:
        raise NotAllowed(Code.ACCOUNT_REQUIRED, "This needs an account: register, or sign in.")
    return user


async def person(user: CurrentUser) -> User:
    """An account's owner, or a guest with a cookie of their own. Raises NotAllowed."""
    if not user.has_account and not user.id.startswith((GUEST, VISITOR)):
        raise NotAllowed(Code.ACCOUNT_REQUIRED, "This needs an account: register, or sign in.")
    return user


async def administrator(user: CurrentUser) -> User:
    """Raises NotAllowed."""
    if not user.admin:
        raise NotAllowed(Code.ADMINISTRATOR_REQUIRED, "Only an administrator may do this.")
    return user


Person = Annotated[User, Depends(person)]
AccountHolder = Annotated[User, Depends(account_holder)]
Administrator = Annotated[User, Depends(administrator)]


def selected_protocol(connection: HTTPConnection) -> str | None:
    """The subprotocol to answer an upgrade with, where the client offers any: never the one that is a secret."""
    return PROTOCOL if PROTOCOL in connection.scope.get("subprotocols", ()) else None


def _ticket(connection: HTTPConnection) -> str:
    for offered in connection.scope.get("subprotocols", ()):
        if offered.startswith(TICKET_PROTOCOL):
            ticket: str = offered.removeprefix(TICKET_PROTOCOL)
            return ticket
    return ""
