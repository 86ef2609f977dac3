"""/v1/auth/providers, /v1/auth/sso: signing in at a provider, and linking one. /v1/account/identities: what is linked.

A browser comes to the callback from elsewhere, so what goes wrong there the page says, in its own language, where one
signs in; programs get it as JSON.
"""
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.auth import cookies
from server.auth.dependencies import Auth, CurrentVisit, own_page
from server.auth.guards import AccountHolder, GatewayAuthenticator, credentials_of
from server.auth.service import Authenticator, is_local
from server.auth.sso.attempts import LIFETIME_S, local_path
from server.auth.sso.mappers import PATH, shown_providers, sign_in_address
from server.auth.sso.schemas import LinkBegun, LinkedIdentityList, ProviderList
from server.auth.sso.service import Answer, Begun
from server.common.documented import documented
from server.common.errors import ApiError, Code
from server.common.filters import http_answer, payload

COOKIE = "parley_sso"
BEGINS = (Code.NOT_FOUND, Code.SSO_UNAVAILABLE, Code.ACCOUNTS_UNAVAILABLE, Code.FORBIDDEN_ORIGIN)
RETURNS = (
    Code.SSO_DENIED, Code.SSO_STATE_MISMATCH, Code.SSO_EXPIRED, Code.SSO_REFUSED, Code.SSO_EMAIL_MISSING,
    Code.ACCOUNT_NOT_LINKABLE, Code.IDENTITY_TAKEN, Code.REGISTRATION_CLOSED)
Provider = Annotated[str, Path(max_length=40)]
Word = Annotated[str | None, Query(max_length=4096)]

router = APIRouter(tags=["accounts"])


@router.get("/v1/auth/providers")
async def list_providers(auth: Auth) -> ProviderList:
    """Where people can sign in beside here: what a page shows as buttons."""
    return ProviderList(data=shown_providers(auth.sso.providers))


@router.get("/v1/auth/sso/{provider}", status_code=303, dependencies=[Depends(own_page)],
            openapi_extra=documented(*BEGINS))
async def sign_in(request: Request, provider: Provider, auth: Auth, next: Word = None) -> Response:
    """Send the browser to the provider. It comes back to the callback, and then goes to `next`, a path here."""
    try:
        begun = await auth.sso.begin(provider, _back(request, auth.public_url, provider), local_path(next))
    except ApiError as error:
        return _refused(request, error)
    return _begun(RedirectResponse(begun.address, 303), request, begun)


@router.post("/v1/auth/sso/{provider}/link", openapi_extra=documented(*BEGINS))
async def link(request: Request, provider: Provider, user: AccountHolder, auth: Auth, response: Response,
               next: Word = None) -> LinkBegun:
    """Begin to link a provider to one's account: the page goes to `url`, and comes back to `next`."""
    begun = await auth.sso.begin(
        provider, _back(request, auth.public_url, provider), local_path(next), link_to=user.id)
    _begun(response, request, begun)
    return LinkBegun(url=begun.address)


@router.get("/v1/auth/sso/{provider}/callback", status_code=303, openapi_extra=documented(*BEGINS, *RETURNS))
async def come_back(
        request: Request, provider: Provider, auth: Auth, visit: CurrentVisit, authenticator: GatewayAuthenticator,
        state: Word = None, code: Word = None, error: Word = None, iss: Word = None) -> Response:
    """Where providers send browsers back to. Whoever comes is signed in; a guest's history goes with them."""
    answer = Answer(request.cookies.get(COOKIE, ""), state or "", code, error, iss)
    try:
        returned = await auth.sso.finish(provider, answer, await _signed_in(request, authenticator), visit.guest)
        response = RedirectResponse(returned.next, 303)
        if not returned.linked:
            token = await auth.signing_in.admit_account(returned.account_id, visit)
            cookies.set_session(response, request, token)
    except ApiError as failed:
        return _refused(request, failed)
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
    return response


@router.get("/v1/account/identities")
async def list_identities(user: AccountHolder, auth: Auth) -> LinkedIdentityList:
    """What else one signs in with."""
    return LinkedIdentityList(data=await auth.sso.identities(user.id))


@router.delete("/v1/account/identities/{identity_id}", status_code=204,
               openapi_extra=documented(Code.NOT_FOUND, Code.LAST_SIGN_IN))
async def unlink(identity_id: Annotated[str, Path(max_length=80)], user: AccountHolder, auth: Auth) -> Response:
    """Sign in with it no more; but never the last way to sign in."""
    await auth.sso.unlink(user.id, identity_id)
    return Response(status_code=204)


def _back(request: Request, public_url: str, provider: str) -> str:
    """The callback as the browser reaches it. On this machine alone it may use any of its names."""
    host = request.headers.get("host", "")
    own = f"{request.url.scheme}://{host}" if is_local(host) else ""
    return f"{public_url or own}{PATH}/{provider}/callback"


def _begun(response: Response, request: Request, begun: Begun) -> Response:
    """Lax: the browser must bring it when it comes back from elsewhere."""
    response.set_cookie(
        COOKIE, begun.cookie, max_age=LIFETIME_S, path=PATH, httponly=True, samesite="lax",
        secure=not is_local(request.headers.get("host", "")))
    return response


async def _signed_in(request: Request, authenticator: Authenticator) -> str | None:
    """Whose session the browser brings."""
    try:
        user = (await authenticator.identify(credentials_of(request))).user
    except ApiError:
        return None
    return user.id if user.has_account else None


def _refused(request: Request, error: ApiError) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(sign_in_address(payload(error)["code"]), 303, {"cache-control": "no-store"})
    return http_answer(error)
