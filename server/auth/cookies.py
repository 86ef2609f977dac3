"""The cookies of browsers: a session's, and a guest's."""
from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.auth.guards import GUEST_COOKIE, SESSION_COOKIE
from server.auth.service import is_local, new_guest_cookie
from server.auth.sessions import LIFETIME_S

YEAR_S = 365 * 24 * 3600


def set_session(response: Response, connection: HTTPConnection, token: str) -> None:
    """And let go of the guest, who is somebody now."""
    response.set_cookie(
        SESSION_COOKIE, token, max_age=LIFETIME_S, httponly=True, samesite="lax", secure=_secure(connection))
    response.delete_cookie(GUEST_COOKIE, httponly=True, samesite="lax", secure=connection.url.scheme == "https")


def clear_session(response: Response, connection: HTTPConnection) -> None:
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=_secure(connection))


def set_guest(response: Response, connection: HTTPConnection) -> None:
    """A guest whom nobody has been before."""
    response.set_cookie(
        GUEST_COOKIE, new_guest_cookie(), max_age=YEAR_S, httponly=True, samesite="lax",
        secure=connection.url.scheme == "https")


def _secure(connection: HTTPConnection) -> bool:
    """Everywhere but where the browser reaches this machine as itself, which needs no TLS."""
    return not is_local(connection.headers.get("host", ""))
