"""The cookie that binds a way to a provider and back to one browser."""
import jwt
import pytest

from server.auth.sso import errors
from server.auth.sso.attempts import LIFETIME_S, Attempts, challenge, local_path
from server.common.errors import ApiError, Code

NOW = 1_000_000.0
ATTEMPTS = Attempts("the installation's secret")
BEGUN = ATTEMPTS.begin("google", "http://localhost/back", "/next", "user_1")
COOKIE = ATTEMPTS.seal(BEGUN, NOW)


def refusal(cookie: str = COOKIE, provider: str = "google", state: str = BEGUN.state, now: float = NOW) -> Code:
    with pytest.raises(ApiError) as refused:
        ATTEMPTS.open(cookie, provider, state, now)
    return refused.value.code


def test_what_was_begun_comes_back_at_any_gateway() -> None:
    assert Attempts("the installation's secret").open(COOKIE, "google", BEGUN.state, NOW + LIFETIME_S - 1) == BEGUN


def test_no_two_are_alike() -> None:
    other = ATTEMPTS.begin("google", "http://localhost/back", "/next", "user_1")
    assert not {BEGUN.state, BEGUN.nonce, BEGUN.verifier} & {other.state, other.nonce, other.verifier}
    assert len(BEGUN.verifier) >= 43  # RFC 7636, 4.1


@pytest.mark.parametrize("state", ["", "another", BEGUN.state + "x", BEGUN.nonce, "é"])
def test_another_state(state: str) -> None:
    assert refusal(state=state) is Code.SSO_STATE_MISMATCH


def test_another_provider() -> None:
    assert refusal(provider="github") is Code.SSO_STATE_MISMATCH


@pytest.mark.parametrize("cookie", ["", "x", COOKIE[:-2], COOKIE + "x", Attempts("another").seal(BEGUN, NOW)])
def test_a_cookie_that_we_did_not_sign(cookie: str) -> None:
    assert refusal(cookie) is Code.SSO_STATE_MISMATCH


def test_a_token_for_something_else_is_no_cookie() -> None:
    other = jwt.encode({"aud": "other", "exp": NOW + 10, "state": BEGUN.state}, "k" * 32, "HS256")
    assert refusal(other) is Code.SSO_STATE_MISMATCH


def test_it_expires() -> None:
    assert refusal(now=NOW + LIFETIME_S) is Code.SSO_EXPIRED


def test_the_challenge_is_that_of_the_rfc() -> None:
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        (None, "/"), ("", "/"), ("/c/1?x=y#z", "/c/1?x=y#z"), ("//evil.example", "/"), ("/\\evil.example", "/"),
        ("https://evil.example", "/"), ("javascript:alert(1)", "/"), ("/a\r\nSet-Cookie: x", "/"), ("/é", "/"),
        ("/" + "a" * 1000, "/"), ("/\tevil", "/"),
    ],
)
def test_only_paths_of_this_page_are_gone_to(asked: str | None, goes: str) -> None:
    assert local_path(asked) == goes


@pytest.mark.parametrize(
    ("error", "code", "shown"),
    [
        ("access_denied", Code.SSO_DENIED, ""),
        ("temporarily_unavailable", Code.SSO_UNAVAILABLE, ""),
        ("server_error", Code.SSO_UNAVAILABLE, ""),
        ("login_required", Code.SSO_REFUSED, "(login_required)"),
        ("<b>Call 0900 …</b>", Code.SSO_REFUSED, "(error)"),
    ],
)
def test_what_a_providers_error_is(error: str, code: Code, shown: str) -> None:
    known = errors.answered("Google", error)
    assert known.code is code
    assert shown in known.message
    assert "0900" not in known.message
