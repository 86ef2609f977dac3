"""The providers that the settings name."""
from collections.abc import Mapping

from server.auth.sso.github import GitHubProvider
from server.auth.sso.oidc import OidcProvider
from server.auth.sso.port import IdentityProvider
from server.auth.sso.schemas import KNOWN, SsoSettings
from server.common.clock import Clock


def make_providers(settings: Mapping[str, SsoSettings], clock: Clock) -> dict[str, IdentityProvider]:
    """In the order of their titles, which is that of the buttons."""
    made = [make_provider(id, one, clock) for id, one in settings.items()]
    return {provider.id: provider for provider in sorted(made, key=lambda one: one.title.lower())}


def make_provider(id: str, settings: SsoSettings, clock: Clock) -> IdentityProvider:
    """One of them."""
    if (settings.kind or ("github" if id == "github" else "oidc")) == "github":
        return GitHubProvider(id, settings)
    title, issuer = KNOWN.get(id, (id.replace("_", " ").title(), ""))
    return OidcProvider(id, settings.title or title, settings.issuer or issuer, settings, clock)
