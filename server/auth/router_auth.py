"""/v1/auth: what is there before one is signed in, and signing in and out."""
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from server.auth import cookies
from server.auth.bodies import AccountCreate, NewPassword, OnlyEmail, OnlyToken, SignIn
from server.auth.dependencies import Auth, ClientAddress, CurrentVisit, never_kept, own_page
from server.auth.guards import SESSION_COOKIE, GatewayAuthenticator
from server.auth.tokens import LIFETIME_S
from server.common.documented import documented
from server.common.errors import Code

router = APIRouter(prefix="/v1/auth", tags=["accounts"], dependencies=[Depends(own_page), Depends(never_kept)])
SENT = {"status": "accepted"}


@router.post("/register", status_code=202, openapi_extra=documented(
    Code.INVALID_PASSWORD, Code.REGISTRATION_CLOSED))
async def register(body: AccountCreate, auth: Auth, address: ClientAddress, visit: CurrentVisit) -> dict[str, str]:
    """Make an account; then sign in. The answer is the same where the address has one: its owner gets a letter."""
    await auth.throttle.attempt("register", address, body.email.lower())
    await auth.registration.register(body.email, body.password, body.display_name, visit.guest)
    return SENT


@router.post("/login", status_code=204, openapi_extra=documented(Code.INVALID_CREDENTIALS))
async def login(
        body: SignIn, request: Request, auth: Auth, address: ClientAddress, visit: CurrentVisit) -> Response:
    """Sign a browser in: the session is a cookie. The guest that it was becomes the account."""
    await auth.throttle.attempt("login", address, body.email.lower())
    token = await auth.signing_in.sign_in(body.email, body.password, visit)
    answer = Response(status_code=204)
    cookies.set_session(answer, request, token)
    return answer


@router.post("/token", openapi_extra=documented(Code.INVALID_CREDENTIALS))
async def token(body: SignIn, auth: Auth, address: ClientAddress) -> dict[str, Any]:
    """A JSON web token for a program, to send as `Authorization: Bearer …`."""
    await auth.throttle.attempt("login", address, body.email.lower())
    made = await auth.signing_in.token(body.email, body.password)
    return {"access_token": made, "token_type": "bearer", "expires_in": LIFETIME_S}


@router.post("/logout", status_code=204)
async def logout(request: Request, auth: Auth, authenticator: GatewayAuthenticator) -> Response:
    """End the session that the cookie is of, if there is one; who chats on is another guest."""
    await auth.signing_in.sign_out(request.cookies.get(SESSION_COOKIE, ""))
    answer = Response(status_code=204)
    cookies.clear_session(answer, request)
    if authenticator.admits_guests:
        cookies.set_guest(answer, request)
    return answer


@router.post("/request-verify", status_code=202)
async def request_verify(body: OnlyEmail, auth: Auth, address: ClientAddress) -> dict[str, str]:
    """Send the letter that verifies an address again. The answer is always the same."""
    await auth.throttle.attempt("letter", address, body.email.lower())
    await auth.registration.ask_to_verify(body.email)
    return SENT


@router.post("/verify", status_code=204, openapi_extra=documented(Code.INVALID_TOKEN))
async def verify(body: OnlyToken, auth: Auth, address: ClientAddress) -> Response:
    """Show, by the letter's token, that the address is one's own."""
    await auth.throttle.attempt("verify", address)
    await auth.registration.verify(body.token)
    return Response(status_code=204)


@router.post("/forgot-password", status_code=202)
async def forgot_password(body: OnlyEmail, auth: Auth, address: ClientAddress) -> dict[str, str]:
    """Send a letter to choose a new password with. The answer is always the same."""
    await auth.throttle.attempt("letter", address, body.email.lower())
    await auth.registration.forgot_password(body.email)
    return SENT


@router.post("/reset-password", status_code=204, openapi_extra=documented(Code.INVALID_TOKEN, Code.INVALID_PASSWORD))
async def reset_password(body: NewPassword, auth: Auth, address: ClientAddress) -> Response:
    """Choose a new password by the letter's token, once; whoever was signed in is not any more."""
    await auth.throttle.attempt("verify", address)
    await auth.registration.reset_password(body.token, body.password)
    return Response(status_code=204)
