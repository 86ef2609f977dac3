"""A mail server's address, as the settings say it."""
import pytest

from server.providers.mail.console import ConsoleCarrier
from server.providers.mail.parts import make_carrier
from server.providers.mail.server_address import SmtpServer
from server.providers.mail.smtp import SmtpCarrier


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 587, "smtp")),
        ("smtps://me%40x:p%2Fw@mail.example.org", SmtpServer("mail.example.org", 465, "smtps", "me@x", "p/w")),
        ("smtp+plain://[::1]:1025/", SmtpServer("::1", 1025, "smtp+plain")),
    ],
)
def test_what_is_read(url: str, server: SmtpServer) -> None:
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://secret@x", "smtp://", "smtp://x:y", "smtp://h:0", "smtp://:secret@host",
            "smtp://h/secret", "smtp://h?tls=no"])
def test_what_makes_no_sense_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"it (must be smtp://|has a password)") as refused:
        SmtpServer.parse(url)
    assert "secret" not in str(refused.value)


def test_without_a_server_letters_go_to_the_log() -> None:
    assert isinstance(make_carrier("", "a@b.example"), ConsoleCarrier)
    assert isinstance(make_carrier("smtps://h", "a@b.example"), SmtpCarrier)
