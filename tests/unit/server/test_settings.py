"""The gateway's settings: what is refused, in which words, and what follows from what."""
from pathlib import Path

import pytest
from pydantic import ValidationError

from relay.environment import load_settings, sentences
from server.settings import GatewaySettings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GatewaySettings.model_fields:
        monkeypatch.delenv(f"PARLEY_{name.upper()}", raising=False)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "0", "PARLEY_PORT '0' is not usable: it must be greater than or equal to 1."),
        ("PORT", "chat", "PARLEY_PORT 'chat' is not usable: it must be a valid integer."),
        ("HOST", "http://localhost", "it must be a host name or an address, without scheme and port."),
        ("MAX_SOCKETS", "0", "PARLEY_MAX_SOCKETS '0'"),
        ("MAX_MESSAGE_BYTES", "12", "PARLEY_MAX_MESSAGE_BYTES '12'"),
        ("DRAIN_S", "-1", "PARLEY_DRAIN_S '-1'"),
        ("DRAIN_S", "nan", "PARLEY_DRAIN_S 'nan'"),
        ("GUESTS", "perhaps", "PARLEY_GUESTS 'perhaps'"),
        ("DATABASE_URL", "mysql://me:secret@host", "it must begin with postgresql:// or sqlite:///."),
        ("BOOTSTRAP_API_KEY", "short", "it must have at least 8 characters."),
        ("HOST", "::", "PARLEY_GUESTS=true to let everybody in, or false for accounts only."),
        ("PUBLIC_URL", "chat.example.org", "it must be http:// or https:// with a name and nothing behind it."),
        ("PUBLIC_URL", "https://chat.example.org/chat", "it must be http:// or https://"),
        ("SMTP_URL", "http://me:secret@mail", "it must be smtp://"),
        ("MAIL_FROM", "Parley", "it must be an e-mail address"),
        ("REDIS_URL", "http://redis", "it must begin with redis://, rediss:// or unix://."),
    ],
)
def test_refuses_what_makes_no_sense_in_one_sentence(
        name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(f"PARLEY_{name}", value)
    with pytest.raises(SystemExit) as stopped:
        load_settings(GatewaySettings)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert says in said
    assert said.count("\n") == 1
    assert "secret" not in said
    assert "short" not in said


def test_without_guests_people_may_still_register() -> None:
    assert not GatewaySettings(host="::", guests=False).admits_guests


def test_allowed_origins_are_exact() -> None:
    settings = GatewaySettings(allowed_origins="https://App.example.org, http://localhost:3000")
    assert settings.origins == {"https://app.example.org", "http://localhost:3000"}
    for origin in ("*", "example.org", "https://example.org/", "https://a b"):
        with pytest.raises(ValidationError) as refused:
            GatewaySettings(allowed_origins=origin)
        assert "is no origin such as" in sentences(refused.value)[0]


@pytest.mark.parametrize(
    ("host", "guests", "admits"),
    [
        ("127.0.0.1", None, True),
        ("localhost", None, True),
        ("::1", None, True),
        ("127.0.0.1", False, False),
        ("::", None, False),
        ("chat.example.org", None, False),
        ("::", True, True),
    ],
)
def test_guests_follow_from_the_host(host: str, guests: bool | None, admits: bool) -> None:
    settings = GatewaySettings.model_validate({"host": host, "guests": guests, "bootstrap_api_key": "12345678"})
    assert settings.admits_guests is admits


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://me@host/db", "postgresql+asyncpg://me@host/db"),
        ("postgres://me@host/db", "postgresql+asyncpg://me@host/db"),
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
        ("postgresql+asyncpg://me@host/db", "postgresql+asyncpg://me@host/db"),
        ("", "sqlite+aiosqlite:////data/parley.db"),
    ],
)
def test_database_gets_its_driver(given: str, used: str) -> None:
    assert GatewaySettings(database_url=given, data_dir=Path("/data")).database == used


def test_letters_must_lead_somewhere() -> None:
    reachable = {"host": "::", "guests": True, "smtp_url": "smtps://mail.example.org"}
    with pytest.raises(ValidationError) as refused:
        GatewaySettings.model_validate(reachable)
    assert "set PARLEY_PUBLIC_URL too" in sentences(refused.value)[0]
    settings = GatewaySettings.model_validate({**reachable, "public_url": "https://chat.example.org/"})
    assert settings.address == "https://chat.example.org"
    assert GatewaySettings.model_validate({"host": "::1", "port": 81}).address == "http://[::1]:81"


GOOGLE = {"GOOGLE__CLIENT_ID": "an-id", "GOOGLE__CLIENT_SECRET": "the-secret"}


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"GOOGLE__CLIENT_ID": "an-id"}, "PARLEY_SSO__GOOGLE__CLIENT_SECRET is not usable: it must be set."),
        ({**GOOGLE, "GOOGLE__CLIENT": "x"}, "PARLEY_SSO__GOOGLE__CLIENT 'x' is not usable: there is no such setting."),
        ({**GOOGLE, "GOOGLE__KIND": "saml"}, "it must be 'oidc' or 'github'."),
        ({"CO__CLIENT_ID": "an-id", "CO__CLIENT_SECRET": "the-secret"}, "PARLEY_SSO__CO__ISSUER is not set"),
        ({**GOOGLE, "GOOGLE__ISSUER": "http://example.org"}, "it must begin with https://."),
        ({**GOOGLE, "GOOGLE__ISSUER": "example"}, "PARLEY_SSO__GOOGLE__ISSUER 'example'"),
        ({"": '{"google": {"client_secret": "the-secret"}}'}, "PARLEY_SSO is not usable"),
    ],
)
def test_a_provider_that_cannot_be_used(
        variables: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv("PARLEY_SSO__" + name if name else "PARLEY_SSO", value)
    with pytest.raises(SystemExit):
        load_settings(GatewaySettings)
    said = capsys.readouterr().err
    assert says in said
    assert "the-secret" not in said


def test_several_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    company = {"CO_1__CLIENT_ID": "x", "CO_1__CLIENT_SECRET": "y", "CO_1__ISSUER":
               "https://id.example.org/realms/co/.well-known/openid-configuration", "CO_1__TRUST_EMAIL": "true"}
    for name, value in {**GOOGLE, **company}.items():
        monkeypatch.setenv(f"PARLEY_SSO__{name}", value)
    settings = load_settings(GatewaySettings).sso
    assert settings["google"].client_secret.get_secret_value() == "the-secret"
    assert (settings["co_1"].issuer, settings["co_1"].trust_email) == ("https://id.example.org/realms/co", True)
    with pytest.raises(ValidationError, match="PARLEY_PUBLIC_URL"):
        GatewaySettings(host="::", guests=True)


def test_secrets_are_not_shown() -> None:
    settings = GatewaySettings.model_validate(
        {"bootstrap_api_key": "a-secret-key", "database_url": "postgresql://u:secret@h/d", "redis_url": "redis://:secret@h",
         "smtp_url": "smtp://u:secret@h"})
    assert "secret" not in repr(settings)
