"""The carrier that the settings ask for."""
from server.providers.mail.console import ConsoleCarrier
from server.providers.mail.port import MailCarrier
from server.providers.mail.server_address import SmtpServer
from server.providers.mail.smtp import SmtpCarrier


def make_carrier(smtp_url: str, sender: str) -> MailCarrier:
    """A mail server, or the log where none was named."""
    return SmtpCarrier(SmtpServer.parse(smtp_url), sender) if smtp_url else ConsoleCarrier(sender)
