"""Guards: a route that names one in its signature runs only for whom the guard lets through."""
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.auth.schemas import Credentials, User
from server.auth.service import Authenticator

GUEST_COOKIE = "parley_guest"


def get_authenticator(connection: HTTPConnection) -> Authenticator:
    authenticator: Authenticator = connection.app.state.authenticator
    return authenticator


def current_user(
        connection: HTTPConnection, authenticator: Annotated[Authenticator, Depends(get_authenticator)]) -> User:
    """Whoever sends this HTTP request or opens this WebSocket. Raises NotAllowed."""
    headers = connection.headers
    return authenticator.identify(Credentials(
        authorization=headers.get("authorization", ""),
        guest_cookie=connection.cookies.get(GUEST_COOKIE, ""),
        origin=headers.get("origin", ""),
        host=headers.get("host", ""),
    ))


CurrentUser = Annotated[User, Depends(current_user)]
