"""Who may enter, and as whom."""
import pytest

from server.auth.schemas import Credentials, User
from server.auth.service import ADMIN, COMMON_GUEST, Authenticator, new_guest_cookie
from server.common.errors import Code, NotAllowed

KEY = "a-key-of-some-length"
HERE = "localhost:8000"


def refusal(authenticator: Authenticator, credentials: Credentials) -> Code:
    with pytest.raises(NotAllowed) as refused:
        authenticator.identify(credentials)
    return refused.value.code


def test_the_bootstrap_key_is_the_administrators() -> None:
    assert Authenticator(KEY).identify(Credentials(f"Bearer {KEY}")) == ADMIN
    assert Authenticator(KEY).identify(Credentials(f"bearer  {KEY} ")).admin


@pytest.mark.parametrize("header", [f"Bearer {KEY}x", "Bearer kéy", f"Basic {KEY}", "Bearer", "Bearer  ", KEY])
def test_a_wrong_key_is_refused_though_guests_may_enter(header: str) -> None:
    assert refusal(Authenticator(KEY), Credentials(header)) is Code.INVALID_API_KEY


def test_without_a_bootstrap_key_each_key_is_a_user_of_its_own() -> None:
    one, again, other = (Authenticator().identify(Credentials(f"Bearer {key}")) for key in ("one", "one", "other"))
    assert one == again != other
    assert one.id.startswith("key_")
    assert not one.admin


def test_no_key_is_refused_where_guests_may_not_enter() -> None:
    authenticator = Authenticator(KEY, admits_guests=False)
    assert refusal(authenticator, Credentials(guest_cookie="x", host=HERE)) is Code.INVALID_API_KEY
    assert authenticator.identify(Credentials(f"Bearer {KEY}")) == ADMIN


def test_guests_are_told_apart_by_their_cookies() -> None:
    cookies = [new_guest_cookie(), new_guest_cookie()]
    one, other = (Authenticator().identify(Credentials(guest_cookie=cookie, host=HERE)) for cookie in cookies)
    assert one != other
    assert cookies[0] not in one.id
    assert Authenticator().identify(Credentials(host=HERE)) == COMMON_GUEST == User("guest")


FOREIGN = ["http://evil.example", "http://localhost:9000", "null", "https://localhost", "http://[::1", "localhost:8000"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_origin_is_no_guest(origin: str) -> None:
    credentials = Credentials(guest_cookie="x", origin=origin, host=HERE)
    assert refusal(Authenticator(), credentials) is Code.FORBIDDEN_ORIGIN


def test_the_own_page_is_a_guest_and_a_key_is_good_from_anywhere() -> None:
    assert Authenticator().identify(Credentials(origin="http://LOCALHOST:8000", host=HERE)) == COMMON_GUEST
    assert Authenticator(KEY).identify(Credentials(f"Bearer {KEY}", origin="http://elsewhere", host=HERE)) == ADMIN


@pytest.mark.parametrize(
    ("host", "enters"),
    [(HERE, True), ("127.0.0.1:8000", True), ("[::1]:8000", True), ("chat.localhost", True),
     ("evil.example:8000", False), ("localhost.evil.example", False), ("", False), ("[::1", False)],
)
def test_a_local_gateway_takes_guests_under_local_names_only(host: str, enters: bool) -> None:
    authenticator = Authenticator(local_names_only=True)
    credentials = Credentials(origin=f"http://{host}" if enters else "", host=host)
    if enters:
        assert authenticator.identify(credentials) == COMMON_GUEST
    else:
        assert refusal(authenticator, credentials) is Code.FORBIDDEN_ORIGIN


def test_secrets_are_not_shown() -> None:
    assert "secret" not in repr(Credentials("Bearer secret", "secret"))
