"""Every carrier of letters: a real mail server on loopback, with every kind of encryption, and the log."""
import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from loguru import logger

from server.providers.mail.console import ConsoleCarrier
from server.providers.mail.errors import MailNotSent
from server.providers.mail.letters import Letters
from server.providers.mail.port import MailCarrier
from server.providers.mail.schemas import Mail
from server.providers.mail.server_address import SmtpServer
from server.providers.mail.smtp import SmtpCarrier
from tests.smtp_server import PASSWORD, USER, Inbox, certificate, smtp_server

SENDER = "Parley at Müller’s <parley@example.org>"
LETTER = Letters("https://chat.example.org").verification("reader@example.com", "a-token")


@dataclass
class Carried:
    """A carrier, and how to read what it carried last."""

    carrier: MailCarrier
    text: Callable[[], Awaitable[str]]


@pytest.fixture(scope="session")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(params=["console", "plain", "starttls", "tls"])
async def carried(
        request: pytest.FixtureRequest, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> AsyncIterator[Carried]:
    served, trusts = contexts
    if request.param == "console":
        lines: list[str] = []
        sink = logger.add(lines.append, format="{message}")
        yield Carried(ConsoleCarrier(SENDER), lambda: _last(lines))
        logger.remove(sink)
        return
    scheme = {"plain": "smtp+plain", "starttls": "smtp", "tls": "smtps"}[request.param]
    tls, starttls = (served if scheme == "smtps" else None), (served if scheme == "smtp" else None)
    async with smtp_server(tls=tls, starttls=starttls) as inbox:
        address = SmtpServer("127.0.0.1", inbox.port, scheme)
        yield Carried(SmtpCarrier(address, SENDER, trust=trusts), lambda: _text(inbox))
        assert inbox.encrypted == [scheme != "smtp+plain"] * len(inbox.letters)


async def _last(lines: list[str]) -> str:
    return lines[-1]


async def _text(inbox: Inbox) -> str:
    return _part(await inbox.next_letter(), "plain")


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def test_the_link_arrives(carried: Carried) -> None:
    await carried.carrier.send(LETTER)
    assert "https://chat.example.org/letter#verify=a-token" in (await carried.text()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    "to",
    ["nobody", "", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "a@b@c", "@example.org"],
)
async def test_an_address_that_is_none_is_refused_for_good(carried: Carried, to: str) -> None:
    with pytest.raises(MailNotSent) as refused:
        await carried.carrier.send(Mail(to, "Subject", "text", "<p>html"))
    assert refused.value.permanent


async def test_what_a_reader_sees() -> None:
    async with smtp_server() as inbox:
        carrier = SmtpCarrier(SmtpServer("127.0.0.1", inbox.port, "smtp+plain"), SENDER)
        await carrier.send(Letters("https://chat.example.org").reset("reader@bücher.example", "t&k"))
        letter = await inbox.next_letter()
    assert inbox.recipients == ["reader@xn--bcher-kva.example"]
    assert letter["From"] == SENDER
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"]
    assert letter["Message-ID"].endswith("@example.org>")
    assert 'href="https://chat.example.org/letter#reset=t%26k"' in _part(letter, "html")
    assert "https://chat.example.org/letter#reset=t%26k" in _part(letter, "plain")


async def test_a_login(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    served, trusts = contexts
    async with smtp_server(starttls=served, login=True) as inbox:
        address = SmtpServer.parse(f"smtp://{USER}:pass%3Aw%2Frd@127.0.0.1:{inbox.port}")
        assert address.password == PASSWORD
        await SmtpCarrier(address, SENDER, trust=trusts).send(LETTER)
        assert inbox.encrypted == [True]
        wrong = SmtpServer.parse(f"smtp://{USER}:wr0ng@127.0.0.1:{inbox.port}")
        with pytest.raises(MailNotSent, match=r"refused the login \(535\)") as refused:
            await SmtpCarrier(wrong, SENDER, trust=trusts).send(LETTER)
    assert "wr0ng" not in refused.value.message


async def test_without_the_encryption_that_was_asked_for_nothing_is_sent(
        contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with smtp_server() as inbox:
        with pytest.raises(MailNotSent, match="STARTTLS") as refused:
            await SmtpCarrier(SmtpServer("127.0.0.1", inbox.port, "smtp"), SENDER, trust=contexts[1]).send(LETTER)
    assert not inbox.letters
    assert not refused.value.permanent


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_is_not_trusted(
        scheme: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    served = contexts[0]
    tls, starttls = (served, None) if scheme == "smtps" else (None, served)
    async with smtp_server(tls=tls, starttls=starttls) as inbox:
        with pytest.raises(MailNotSent, match="certificate"):
            await SmtpCarrier(SmtpServer("127.0.0.1", inbox.port, scheme), SENDER).send(LETTER)
    assert not inbox.letters


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such mailbox", True), ("451 later", False)])
async def test_a_recipient_that_the_server_does_not_take(answer: str, permanent: bool) -> None:
    async with smtp_server() as inbox:
        inbox.refuses[LETTER.to] = answer
        with pytest.raises(MailNotSent, match=f"{LETTER.to}.*{answer[:3]}") as refused:
            await SmtpCarrier(SmtpServer("127.0.0.1", inbox.port, "smtp+plain"), SENDER).send(LETTER)
    assert refused.value.permanent is permanent


async def test_a_server_that_says_nothing() -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    over = asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(MailNotSent, match=r"within 0\.2 s") as refused:
        await SmtpCarrier(SmtpServer("127.0.0.1", port, "smtp+plain"), SENDER, timeout_s=0.2).send(LETTER)
    over.set()
    server.close()
    await server.wait_closed()
    assert not refused.value.permanent


async def test_no_server_at_all(unused_tcp_port: int) -> None:
    with pytest.raises(MailNotSent, match=f"127.0.0.1:{unused_tcp_port} cannot be used") as refused:
        await SmtpCarrier(SmtpServer("127.0.0.1", unused_tcp_port, "smtp+plain"), SENDER).send(LETTER)
    assert not refused.value.permanent


def test_a_letter_is_not_shown_by_accident() -> None:
    assert "a-token" not in repr(LETTER)
