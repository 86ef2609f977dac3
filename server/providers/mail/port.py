"""The port: who carries letters."""
from typing import Protocol

from server.providers.mail.schemas import Mail


class MailCarrier(Protocol):
    """Carries one letter at a time, as far as the next mail server; whether it arrives, only the reader knows."""

    async def send(self, mail: Mail) -> None:
        """Returns when the letter was taken. Raises MailNotSent."""
