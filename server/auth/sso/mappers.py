"""Providers as they are shown, and where the page says what went wrong at one."""
from collections.abc import Mapping
from urllib.parse import urlencode

from server.auth.sso.port import IdentityProvider
from server.auth.sso.schemas import ProviderRead

PATH = "/v1/auth/sso"  # where one goes to sign in at one


def shown_providers(providers: Mapping[str, IdentityProvider]) -> list[ProviderRead]:
    return [ProviderRead(id=one.id, title=one.title, url=f"{PATH}/{one.id}") for one in providers.values()]


def sign_in_address(problem: str) -> str:
    """The page's, by an error's code: it knows the words."""
    return f"/sign-in?{urlencode({'problem': problem})}"
