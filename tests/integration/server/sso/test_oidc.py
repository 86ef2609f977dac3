"""A certified provider, as our adapter sees it: the code flow, its checks, and what becomes of each that fails."""
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from server.auth.sso.attempts import Attempts, challenge
from server.auth.sso.oidc import OidcProvider
from server.auth.sso.schemas import Attempt, Identity, SsoSettings
from server.common.clock import SystemClock
from server.common.errors import ApiError, Code
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Browser, OidcServer

BACK = "http://127.0.0.1:8000/v1/auth/sso/company/callback"
ATTEMPTS = Attempts("a secret of the installation")


@pytest.fixture(scope="module")
def server() -> Iterator[OidcServer]:
    with OidcServer(BACK) as server:
        yield server


@pytest.fixture
async def browser(server: OidcServer) -> AsyncIterator[Browser]:
    browser = Browser.new(server.issuer)
    yield browser
    await browser.close()


def provider_at(issuer: str, **settings: Any) -> OidcProvider:
    known = {"client_id": CLIENT_ID, "client_secret": SecretStr(CLIENT_SECRET), **settings}
    return OidcProvider("company", "Company", issuer, SsoSettings.model_validate(known), SystemClock())


@pytest.fixture
def provider(server: OidcServer) -> OidcProvider:
    return provider_at(server.issuer)


def attempt() -> Attempt:
    return ATTEMPTS.begin("company", BACK, "/")


async def address(provider: OidcProvider, attempt: Attempt) -> str:
    return await provider.address(attempt, challenge(attempt.verifier))


async def come_back(provider: OidcProvider, browser: Browser, attempt: Attempt, login: str = "ada") -> dict[str, str]:
    """What the provider's answer says."""
    url = await browser.sign_in(await address(provider, attempt), login)
    assert str(url).startswith(BACK)
    return dict(url.params)


async def refusal(provider: OidcProvider, attempt: Attempt, code: str, issuer: str | None = None) -> ApiError:
    with pytest.raises(ApiError) as refused:
        await provider.identify(attempt, code, issuer)
    return refused.value


async def test_somebody_signs_in(provider: OidcProvider, browser: Browser, server: OidcServer) -> None:
    begun = attempt()
    answer = await come_back(provider, browser, begun)
    assert answer["state"] == begun.state
    assert answer["iss"] == server.issuer
    identity = await provider.identify(begun, answer["code"], answer["iss"])
    assert identity == Identity("company", "ada", "ada@example.com", True, "The person ada")


@pytest.mark.parametrize(
    ("login", "trusts", "email", "verified"),
    [
        ("unverified-bob", False, "unverified-bob@example.com", False),
        ("unverified-bob", True, "unverified-bob@example.com", True),
        ("nobody-eve", True, "", False),
    ],
)
async def test_whether_an_address_is_verified(
        login: str, trusts: bool, email: str, verified: bool, server: OidcServer, browser: Browser) -> None:
    provider, begun = provider_at(server.issuer, trust_email=trusts), attempt()
    answer = await come_back(provider, browser, begun, login)
    identity = await provider.identify(begun, answer["code"], None)
    assert (identity.email, identity.email_verified) == (email, verified)


async def test_what_is_asked_of_the_provider(provider: OidcProvider) -> None:
    begun = attempt()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(await address(provider, begun)).query).items()}
    assert asked == {
        "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": BACK, "scope": "openid email profile",
        "state": begun.state, "nonce": begun.nonce, "code_challenge": challenge(begun.verifier),
        "code_challenge_method": "S256",
    }
    assert begun.verifier not in str(asked)


async def test_the_provider_refuses_an_attempt_without_pkce(provider: OidcProvider, browser: Browser) -> None:
    without = re.sub("&code_challenge[a-z_]*=[^&]*", "", await address(provider, attempt()))
    answer = (await browser.http.get(without)).next_request
    assert answer is not None
    assert answer.url.params["error"] == "invalid_request"


async def test_the_provider_refuses_a_code_whose_verifier_is_another(
        provider: OidcProvider, browser: Browser) -> None:
    begun = attempt()
    answer = await come_back(provider, browser, begun)
    error = await refusal(provider, replace(begun, verifier=attempt().verifier), answer["code"])
    assert error.code is Code.SSO_REFUSED
    assert "invalid_grant" in error.message


async def test_a_code_is_good_once(provider: OidcProvider, browser: Browser) -> None:
    begun = attempt()
    answer = await come_back(provider, browser, begun)
    await provider.identify(begun, answer["code"], None)
    assert (await refusal(provider, begun, answer["code"])).code is Code.SSO_REFUSED


async def test_an_id_token_for_another_request_is_refused(provider: OidcProvider, browser: Browser) -> None:
    begun = attempt()
    answer = await come_back(provider, browser, begun)
    error = await refusal(provider, replace(begun, nonce="another"), answer["code"])
    assert error.code is Code.SSO_REFUSED
    assert "invalid_id_token" in error.message


async def test_an_answer_of_another_provider_is_refused(provider: OidcProvider, browser: Browser) -> None:
    begun = attempt()
    answer = await come_back(provider, browser, begun)
    error = await refusal(provider, begun, answer["code"], "https://evil.example")
    assert "wrong_issuer" in error.message


async def test_a_wrong_secret_is_refused(server: OidcServer, browser: Browser) -> None:
    provider, begun = provider_at(server.issuer, client_secret="wrong"), attempt()
    answer = await come_back(provider, browser, begun)
    error = await refusal(provider, begun, answer["code"])
    assert "invalid_client" in error.message


async def test_a_provider_that_is_away(unused_tcp_port: int) -> None:
    provider = provider_at(f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(ApiError) as away:
        await address(provider, attempt())
    assert (away.value.code, away.value.retryable) == (Code.SSO_UNAVAILABLE, True)
    assert (await refusal(provider, attempt(), "code")).code is Code.SSO_UNAVAILABLE


async def test_what_calls_itself_otherwise_is_not_the_provider(server: OidcServer) -> None:
    provider = provider_at(server.issuer.replace("127.0.0.1", "localhost"))
    with pytest.raises(ApiError) as refused:
        await address(provider, attempt())
    assert refused.value.code is Code.SSO_UNAVAILABLE


class Forger:
    """Tokens like the provider's, signed with a key that we make or with the one that it is known by."""

    def __init__(self, provider: OidcProvider, begun: Attempt) -> None:
        self.provider, self.begun = provider, begun
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    async def know(self) -> None:
        """Have the provider know our key, as if it were its own."""
        await self.provider.address(self.begun, "challenge")
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        keys = jwt.PyJWKSet.from_dict({"keys": [{**public, "kid": "ours", "use": "sig", "alg": "RS256"}]}).keys
        self.provider._keys = {key.key_id: key for key in keys}
        self.provider._keys_at = SystemClock().monotonic()

    def token(self, *, algorithm: str = "RS256", kid: str = "ours", **changes: Any) -> str:
        now = int(SystemClock().now())
        claims = {"iss": self.provider.issuer, "sub": "ada", "aud": CLIENT_ID, "exp": now + 600, "iat": now,
                  "nonce": self.begun.nonce, **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        key: Any = {"RS256": self.key, "none": None}.get(algorithm, "secret" * 10)
        return jwt.encode(claims, key, algorithm, headers={"kid": kid})


@pytest.fixture
async def forger(provider: OidcProvider) -> Forger:
    forger = Forger(provider, attempt())
    await forger.know()
    return forger


@pytest.mark.parametrize("changes", [{}, {"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}])
async def test_a_good_token_is_taken(changes: dict[str, Any], forger: Forger) -> None:
    claims = await forger.provider._claims(forger.token(**changes), forger.begun.nonce)
    assert claims["sub"] == "ada"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": [CLIENT_ID, "other"]}, {"exp": 1}, {"exp": None},
        {"nonce": None}, {"nonce": "another"}, {"sub": None}, {"iat": None}, {"algorithm": "none"},
        {"algorithm": "HS256"}, {"kid": "unknown"},
    ],
    ids=str,
)
async def test_a_token_with_a_flaw_is_not(changes: dict[str, Any], forger: Forger) -> None:
    with pytest.raises(jwt.PyJWTError):
        await forger.provider._claims(forger.token(**changes), forger.begun.nonce)


async def test_a_changed_token_is_not_taken(forger: Forger) -> None:
    header, claims, signature = forger.token().split(".")
    other = forger.token(sub="eve").split(".")[1]
    assert other != claims
    with pytest.raises(jwt.InvalidSignatureError):
        await forger.provider._claims(f"{header}.{other}.{signature}", forger.begun.nonce)


async def test_keys_are_fetched_anew_for_one_that_is_not_known_but_not_over_and_over(
        provider: OidcProvider, browser: Browser) -> None:
    begun = attempt()
    forger = Forger(provider, begun)
    await forger.know()
    answer = await come_back(provider, browser, begun)
    assert "invalid_id_token" in (await refusal(provider, begun, answer["code"])).message  # looked for just now
    provider._keys_at -= 60
    begun = attempt()
    answer = await come_back(provider, browser, begun)
    assert (await provider.identify(begun, answer["code"], None)).subject == "ada"


async def test_microsoft_names_its_tenant_in_the_token(forger: Forger) -> None:
    forger.provider._known = {**forger.provider._known, "issuer": "https://login.example/{tenantid}/v2.0"}
    right = forger.token(iss="https://login.example/t1/v2.0", tid="t1")
    assert (await forger.provider._claims(right, forger.begun.nonce))["tid"] == "t1"
    wrong = forger.token(iss="https://login.example/t1/v2.0", tid="t2")
    with pytest.raises(jwt.InvalidIssuerError):
        await forger.provider._claims(wrong, forger.begun.nonce)


@pytest.mark.parametrize(("claims", "verified"), [({"xms_edov": True}, True), ({"xms_edov": "0"}, False), ({}, False)])
def test_microsofts_word_for_a_verified_address(
        claims: dict[str, Any], verified: bool, provider: OidcProvider) -> None:
    assert provider._identity({"sub": "x", "email": "a@b.example", **claims}).email_verified is verified
