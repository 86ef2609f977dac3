"""Who may enter, and as whom."""
import pytest

from server.auth.schemas import Credentials, User
from server.auth.service import ADMIN, COMMON_GUEST, Authenticator, new_guest_cookie
from server.common.errors import Code, NotAllowed

KEY = "a-key-of-some-length"
HERE = "localhost:8000"


async def refusal(authenticator: Authenticator, credentials: Credentials) -> Code:
    with pytest.raises(NotAllowed) as refused:
        await authenticator.identify(credentials)
    return refused.value.code


async def user(authenticator: Authenticator, credentials: Credentials) -> User:
    return (await authenticator.identify(credentials)).user


async def test_the_bootstrap_key_is_the_administrators() -> None:
    assert await user(Authenticator(KEY), Credentials(f"Bearer {KEY}")) == ADMIN
    assert (await user(Authenticator(KEY), Credentials(f"bearer  {KEY} "))).admin


@pytest.mark.parametrize("header", [f"Bearer {KEY}x", "Bearer kéy", f"Basic {KEY}", "Bearer", "Bearer  ", KEY])
async def test_a_wrong_key_is_refused_though_guests_may_enter(header: str) -> None:
    assert await refusal(Authenticator(KEY), Credentials(header)) is Code.INVALID_API_KEY


async def test_without_a_bootstrap_key_each_key_is_a_user_of_its_own() -> None:
    one, again, other = [
        await user(Authenticator(), Credentials(f"Bearer {key}")) for key in ("one", "one", "other")]
    assert one == again != other
    assert one.id.startswith("key_")
    assert not one.admin


async def test_an_unknown_api_key_is_never_a_user_of_its_own() -> None:
    assert await refusal(Authenticator(), Credentials("Bearer pk_unknown")) is Code.INVALID_API_KEY


async def test_without_any_bearers_an_unknown_key_is_refused() -> None:
    assert await refusal(Authenticator(any_bearer=False), Credentials("Bearer one")) is Code.INVALID_API_KEY


async def test_no_key_is_refused_where_guests_may_not_enter() -> None:
    authenticator = Authenticator(KEY, admits_guests=False)
    assert await refusal(authenticator, Credentials(guest_cookie="x", host=HERE)) is Code.INVALID_API_KEY
    assert await user(authenticator, Credentials(f"Bearer {KEY}")) == ADMIN


async def test_guests_are_told_apart_by_their_cookies() -> None:
    cookies = [new_guest_cookie(), new_guest_cookie()]
    one, other = [await user(Authenticator(), Credentials(guest_cookie=cookie, host=HERE)) for cookie in cookies]
    assert one != other
    assert cookies[0] not in one.id
    assert await user(Authenticator(), Credentials(host=HERE)) == COMMON_GUEST == User("guest")


FOREIGN = ["http://evil.example", "http://localhost:9000", "null", "https://localhost", "http://[::1", "localhost:8000"]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_page_of_another_origin_is_no_guest(origin: str) -> None:
    credentials = Credentials(guest_cookie="x", origin=origin, host=HERE)
    assert await refusal(Authenticator(), credentials) is Code.FORBIDDEN_ORIGIN


async def test_the_own_page_is_a_guest_and_a_key_is_good_from_anywhere() -> None:
    assert await user(Authenticator(), Credentials(origin="http://LOCALHOST:8000", host=HERE)) == COMMON_GUEST
    assert await user(Authenticator(KEY), Credentials(f"Bearer {KEY}", origin="http://elsewhere", host=HERE)) == ADMIN


@pytest.mark.parametrize(
    ("host", "enters"),
    [(HERE, True), ("127.0.0.1:8000", True), ("[::1]:8000", True), ("chat.localhost", True),
     ("evil.example:8000", False), ("localhost.evil.example", False), ("", False), ("[::1", False)],
)
async def test_a_local_gateway_takes_guests_under_local_names_only(host: str, enters: bool) -> None:
    authenticator = Authenticator(local_names_only=True)
    credentials = Credentials(origin=f"http://{host}" if enters else "", host=host)
    if enters:
        assert await user(authenticator, credentials) == COMMON_GUEST
    else:
        assert await refusal(authenticator, credentials) is Code.FORBIDDEN_ORIGIN


def test_secrets_are_not_shown() -> None:
    assert "secret" not in repr(Credentials("Bearer secret", "secret"))


@pytest.mark.parametrize(("authenticator", "host", "welcome"), [
    (Authenticator(), "chat.example.org", True),
    (Authenticator(admits_guests=False), "localhost:8000", False),
    (Authenticator(local_names_only=True), "localhost:8000", True),
    (Authenticator(local_names_only=True), "chat.example.org", False),
])
def test_where_guests_are_welcome(authenticator: Authenticator, host: str, welcome: bool) -> None:
    assert authenticator.welcomes_guests(Credentials(host=host)) is welcome
