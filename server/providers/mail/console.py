"""The carrier of a development machine: the letter's text, with its link, goes to the log."""
from loguru import logger

from server.providers.mail.message import as_message
from server.providers.mail.schemas import Mail


class ConsoleCarrier:
    """Whoever reads the log can follow every link in it, so it is for machines whose log is one's own."""

    def __init__(self, sender: str) -> None:
        self.sender = sender

    async def send(self, mail: Mail) -> None:
        """Raises MailNotSent for an address that is none, as a mail server would."""
        as_message(mail, self.sender)
        logger.info("No mail server is set, so read it here. To {}: {}\n{}", mail.to, mail.subject, mail.text)
