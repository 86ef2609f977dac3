"""What accounts have to tell by e-mail, and the stand-in that tells it to the log."""
from typing import Protocol

from loguru import logger


class Mailer(Protocol):
    """Takes letters to send. It never waits for a mail server, so an answer's time does not tell that one is sent."""

    def send_verification(self, email: str, token: str) -> None:
        """Whoever reads this letter shows, by the token, that the address is theirs."""

    def send_reset(self, email: str, token: str) -> None:
        """Whoever reads this letter may, with the token, choose a new password."""

    def send_taken(self, email: str) -> None:
        """Somebody has tried to register an address that has an account."""


class ConsoleMailer:
    """For development: whoever reads the log may do what the letters say."""

    def send_verification(self, email: str, token: str) -> None:
        logger.info("To {}: confirm this address with the token {}", email, token)

    def send_reset(self, email: str, token: str) -> None:
        logger.info("To {}: choose a new password with the token {}", email, token)

    def send_taken(self, email: str) -> None:
        logger.info("To {}: somebody has tried to register this address, which has an account already", email)
