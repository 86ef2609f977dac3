"""The carrier of an installation: a mail server that takes letters by SMTP."""
import asyncio
import ssl
from email.message import EmailMessage

import aiosmtplib

from server.providers.mail.errors import MailNotSent
from server.providers.mail.message import as_message
from server.providers.mail.schemas import Mail
from server.providers.mail.server_address import SmtpServer

TIMEOUT_S = 20.0


class SmtpCarrier:
    """A connection for each letter: they are few, and a kept one would have to be watched.

    `trust` says which certificates are good; by default those of the system (`SSL_CERT_FILE` adds to them).
    """

    def __init__(
            self, server: SmtpServer, sender: str, *, timeout_s: float = TIMEOUT_S,
            trust: ssl.SSLContext | None = None) -> None:
        self.server, self.sender, self.timeout_s, self.trust = server, sender, timeout_s, trust

    async def send(self, mail: Mail) -> None:
        """Raises MailNotSent."""
        message = as_message(mail, self.sender)
        where = f"The mail server {self.server.host}:{self.server.port}"
        try:
            async with asyncio.timeout(self.timeout_s):
                await self._send(message, message["From"].addresses[0].domain)
        except TimeoutError as error:  # aiosmtplib's own are of this kind, too
            raise MailNotSent(f"{where} did not answer within {self.timeout_s:g} s.", permanent=False) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise MailNotSent(f"{where} refused the login ({error.code}).", permanent=False) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise MailNotSent(
                f"{where} does not take letters to {mail.to} ({codes[0]}).", permanent=_is_final(codes[0])) from error
        except aiosmtplib.SMTPResponseException as error:
            raise MailNotSent(f"{where} answered {error.code}.", permanent=_is_final(error.code)) from error
        except ssl.SSLCertVerificationError as error:
            raise MailNotSent(f"{where} has a certificate that is not trusted.", permanent=False) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailNotSent(f"{where} cannot be used: {_words(error)}.", permanent=False) from error

    async def _send(self, message: EmailMessage, own_name: str) -> None:
        server = self.server
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.scheme == "smtps",
            start_tls=server.scheme == "smtp",
            tls_context=self.trust,
            local_hostname=own_name,  # else it would look its own name up, and the loop would wait for that
            timeout=self.timeout_s,
        )


def _is_final(code: int) -> bool:
    """RFC 5321, 4.2.1: 4yz may work later, 5yz will not."""
    return code >= 500


def _words(error: BaseException) -> str:
    return str(error).rstrip(".").splitlines()[0] if str(error) else type(error).__name__
