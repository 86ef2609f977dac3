"""How providers are asked: JSON over HTTP, within a limit on time; what is amiss with an answer is one exception."""
import ssl
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from typing import Any

import httpx
from httpx_oauth.exceptions import HTTPXOAuthError
from httpx_oauth.oauth2 import OAuth2, OAuth2RequestError

TIMEOUT = httpx.Timeout(10, connect=5)
UNEXPECTED = (KeyError, TypeError, ValueError, AttributeError)  # an answer that is not of the shape it should have


class ProviderAway(Exception):
    """It did not answer, or said that it cannot."""


class ProviderRefused(Exception):
    """It answered with an error; `reason` is the protocol's word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@lru_cache
def _trust() -> ssl.SSLContext:
    """Made once: reading all those certificates takes the loop's time."""
    return httpx.create_ssl_context()


def new_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT, verify=_trust())


class OAuthClient(OAuth2):
    """httpx-oauth's client, with our limits."""

    def get_httpx_client(self) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return new_client()


async def get_json(url: str, *, token: str = "", accept: str = "application/json") -> Any:
    """Raises ProviderAway, ProviderRefused."""
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        async with new_client() as client:
            answer = await client.get(url, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderAway(f"{type(error).__name__} at {url}") from error
    _check(answer)
    try:
        return answer.json()
    except ValueError as error:
        raise ProviderAway(f"no JSON at {url}") from error


async def redeem(client: OAuthClient, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
    """The tokens for a code. Raises ProviderAway, ProviderRefused."""
    try:
        tokens: dict[str, Any] = dict(await client.get_access_token(code, redirect_uri, verifier))
    except OAuth2RequestError as error:
        if error.response is None:
            raise ProviderAway(str(error)) from error
        _check(error.response)
        raise ProviderAway("the token endpoint's answer is no JSON") from error
    except (HTTPXOAuthError, *UNEXPECTED) as error:
        raise ProviderRefused("invalid_answer") from error
    if "error" in tokens:  # GitHub's come with status 200
        raise ProviderRefused(str(tokens["error"]))
    return tokens


def _check(answer: httpx.Response) -> None:
    if answer.status_code >= 500 or answer.status_code == 429:
        raise ProviderAway(f"status {answer.status_code} at {answer.request.url.copy_with(query=None)}")
    if answer.is_success:
        return
    try:
        reason = str(answer.json()["error"])
    except UNEXPECTED:
        reason = f"status_{answer.status_code}"
    raise ProviderRefused(reason)
