"""A letter as e-mail has it (RFC 5322): headers, and text beside HTML."""
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

from server.providers.mail.errors import MailNotSent
from server.providers.mail.schemas import Mail


def as_message(mail: Mail, sender: str) -> EmailMessage:
    """`sender` is `name@example.org` or `Name <name@example.org>`. Raises MailNotSent if an address is none."""
    name, own = parseaddr(sender)
    origin = _address(own, name)
    message = EmailMessage(policy=SMTP)
    message["From"] = origin
    message["To"] = _address(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=origin.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def is_address(sender: str) -> bool:
    """Whether letters can be sent in this name."""
    try:
        return bool(_address(parseaddr(sender)[1]).domain)
    except MailNotSent:
        return False


def _address(spec: str, name: str = "") -> Address:
    """One address, its domain in ASCII: a list of them, or a line break, cannot get into the header."""
    try:
        local, _, domain = spec.rpartition("@")
        address = Address(name, addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, MessageError) as error:
        raise MailNotSent(f"{spec!r} is no e-mail address.", permanent=True) from error
    return address
