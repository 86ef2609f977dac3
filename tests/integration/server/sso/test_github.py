"""GitHub's flow against a small server on loopback that speaks its three endpoints: not GitHub itself."""
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from server.auth.sso.attempts import Attempts, challenge
from server.auth.sso.github import GitHubProvider
from server.auth.sso.schemas import Attempt, Identity, SsoSettings
from server.common.errors import ApiError, Code
from tests.github_server import CLIENT_ID, CLIENT_SECRET, GitHub, github_server

BACK = "http://127.0.0.1:8000/v1/auth/sso/github/callback"
PRIMARY = {"email": "octo@example.com", "verified": True, "primary": True}
OTHER = {"email": "other@example.com", "verified": True, "primary": False}
UNVERIFIED = {"email": "new@example.com", "verified": False, "primary": True}


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    async with github_server() as github:
        github.emails = [OTHER, PRIMARY]
        yield github


@pytest.fixture
def attempt() -> Attempt:
    return Attempts("a secret").begin("github", BACK, "/")


def provider(github: GitHub, **settings: Any) -> GitHubProvider:
    known = {"client_id": CLIENT_ID, "client_secret": SecretStr(CLIENT_SECRET), "issuer": github.url, **settings}
    return GitHubProvider("github", SsoSettings.model_validate(known))


async def come_back(provider: GitHubProvider, attempt: Attempt) -> dict[str, str]:
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(await provider.address(attempt, challenge(attempt.verifier)))
    assert answer.next_request is not None
    return dict(answer.next_request.url.params)


@pytest.mark.parametrize(
    ("emails", "email", "verified"),
    [
        ([OTHER, PRIMARY], "octo@example.com", True),
        ([UNVERIFIED, OTHER], "other@example.com", True),
        ([UNVERIFIED], "new@example.com", False),
        ([], "", False),
    ],
)
async def test_somebody_signs_in(
        emails: list[dict[str, Any]], email: str, verified: bool, github: GitHub, attempt: Attempt) -> None:
    github.emails = emails
    answer = await come_back(provider(github), attempt)
    assert answer["state"] == attempt.state
    identity = await provider(github).identify(attempt, answer["code"], None)
    assert identity == Identity("github", "42", email, verified, "octocat")


async def test_what_github_refuses(github: GitHub, attempt: Attempt) -> None:
    wrong = provider(github, client_secret="wrong")
    for one, changed, reason in (
            (provider(github), replace(attempt, verifier="another"), "bad_verification_code"),
            (wrong, attempt, "incorrect_client_credentials")):
        answer = await come_back(one, attempt)
        with pytest.raises(ApiError) as refused:
            await one.identify(changed, answer["code"], None)
        assert refused.value.code is Code.SSO_REFUSED
        assert reason in refused.value.message


async def test_github_is_away(github: GitHub, attempt: Attempt) -> None:
    answer = await come_back(provider(github), attempt)
    github.broken = True
    with pytest.raises(ApiError) as away:
        await provider(github).identify(attempt, answer["code"], None)
    assert away.value.code is Code.SSO_UNAVAILABLE


@pytest.mark.parametrize("user", [{}, {"id": None}, [], {"id": "x"}])
async def test_an_answer_of_another_shape(user: Any, github: GitHub, attempt: Attempt) -> None:
    github.user = user
    answer = await come_back(provider(github), attempt)
    with pytest.raises(ApiError) as refused:
        await provider(github).identify(attempt, answer["code"], None)
    assert refused.value.code is Code.SSO_REFUSED


async def test_where_it_is_without_an_issuer(attempt: Attempt) -> None:
    own = GitHubProvider("github", SsoSettings(client_id="a", client_secret=SecretStr("b")))
    assert (await own.address(attempt, "c")).startswith("https://github.com/login/oauth/authorize?")
    assert own.api == "https://api.github.com"
