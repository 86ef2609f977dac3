"""Providers as they are shown."""
from collections.abc import Mapping

from server.auth.sso.port import IdentityProvider
from server.auth.sso.schemas import ProviderRead

PATH = "/v1/auth/sso"  # where one goes to sign in at one


def shown_providers(providers: Mapping[str, IdentityProvider]) -> list[ProviderRead]:
    return [ProviderRead(id=one.id, title=one.title, url=f"{PATH}/{one.id}") for one in providers.values()]
