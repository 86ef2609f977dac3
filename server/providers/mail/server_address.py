"""Where a mail server is, as the settings say it; apart, for they are read before there is anything to send."""
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
FORM = "smtp://user:password@host:587 (STARTTLS), smtps://… (TLS from the start) or smtp+plain://… (no encryption)"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server's address. STARTTLS, where it is asked for, is demanded: a network could hide the offer."""

    host: str
    port: int
    scheme: str
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises ValueError, whose text does not repeat the address: it may hold a password."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in PORTS or not parts.hostname or port == 0 or parts.path.strip("/") or parts.query:
            raise ValueError(f"it must be {FORM}")
        if parts.password and not parts.username:
            raise ValueError("it has a password and no user")
        return cls(parts.hostname, port or PORTS[parts.scheme], parts.scheme,
                   unquote(parts.username or ""), unquote(parts.password or ""))
