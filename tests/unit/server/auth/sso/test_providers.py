"""Which providers the settings make."""
from typing import Any

from server.auth.sso.github import GitHubProvider
from server.auth.sso.oidc import OidcProvider
from server.auth.sso.providers import make_providers
from server.auth.sso.schemas import SsoSettings
from server.common.clock import SystemClock


def settings(**more: Any) -> SsoSettings:
    return SsoSettings.model_validate({"client_id": "a", "client_secret": "b", **more})


def test_all_kinds_in_the_order_of_their_titles() -> None:
    made = make_providers({
        "microsoft": settings(),
        "github": settings(),
        "my_company": settings(issuer="https://id.example.org"),
        "google": settings(title="The searcher"),
        "ghe": settings(kind="github", issuer="https://code.example.org", title="Code"),
    }, SystemClock())
    assert [(one.id, one.title, type(one)) for one in made.values()] == [
        ("ghe", "Code", GitHubProvider), ("github", "GitHub", GitHubProvider), ("microsoft", "Microsoft", OidcProvider),
        ("my_company", "My Company", OidcProvider), ("google", "The searcher", OidcProvider)]
    google, microsoft = made["google"], made["microsoft"]
    assert isinstance(google, OidcProvider)
    assert google.issuer == "https://accounts.google.com"
    assert isinstance(microsoft, OidcProvider)
    assert microsoft.issuer == "https://login.microsoftonline.com/common/v2.0"
