"""What accounts have to tell by e-mail."""
from typing import Protocol


class Mailer(Protocol):
    """Takes letters to send. It never waits for a mail server, so an answer's time does not tell that one is sent."""

    def send_verification(self, email: str, token: str) -> None:
        """Whoever reads this letter shows, by the token, that the address is theirs."""

    def send_reset(self, email: str, token: str) -> None:
        """Whoever reads this letter may, with the token, choose a new password."""

    def send_invitation(self, email: str, token: str) -> None:
        """Whoever reads this letter may, with the token, choose the password of an account that was made for them."""

    def send_taken(self, email: str) -> None:
        """Somebody has tried to register an address that has an account."""
