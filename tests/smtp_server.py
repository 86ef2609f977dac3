"""A real SMTP server on loopback for tests, with TLS and a login if a test wants them."""
import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "parley", "pass:w/rd"


@dataclass
class Inbox:
    """What has come, and who is not taken; `port` is where it listens."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)  # recipient: the answer
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(
            self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        transport = server.transport
        self.encrypted.append(transport is not None and transport.get_extra_info("ssl_object") is not None)
        self.came.set()
        return "250 taken"

    async def next_letter(self, limit_s: float = 10) -> EmailMessage:
        """The newest, once there is one more than the last time."""
        async with asyncio.timeout(limit_s):
            await self.came.wait()
        self.came.clear()
        return self.letters[-1]


@asynccontextmanager
async def smtp_server(
        *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None,
        login: bool = False) -> AsyncIterator[Inbox]:
    """Runs in the test's own loop. `login`: USER and PASSWORD are needed."""
    inbox, loop = Inbox(), asyncio.get_running_loop()
    options: dict[str, Any] = {"hostname": "mail.test", "tls_context": starttls}
    if login:
        options |= {"authenticator": _knows, "auth_required": True, "auth_require_tls": starttls is not None}
    factory: Callable[[], asyncio.Protocol] = lambda: SMTP(inbox, loop=loop, **options)  # noqa: E731
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=tls)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:
        server.close()


@contextmanager
def smtp_server_beside() -> Iterator[Inbox]:
    """Runs in a thread, for tests that have no loop."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    serving = smtp_server()

    def do(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return asyncio.run_coroutine_threadsafe(work(), loop).result(10)

    async def leave() -> None:
        await serving.__aexit__(None, None, None)

    try:
        yield do(serving.__aenter__)
        do(leave)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: LoginPassword) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for 127.0.0.1 under a certificate made just now, and a client's that trusts only it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256()))
    path = folder / "certificate.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=signed.public_bytes(serialization.Encoding.PEM).decode())
