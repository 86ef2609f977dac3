"""What accounts have to tell, written and posted."""
from server.providers.mail.letters import Letters
from server.providers.mail.outbox import Outbox


class Postman:
    """No method waits, so that an answer's time does not tell whether a letter was sent."""

    def __init__(self, letters: Letters, outbox: Outbox) -> None:
        self.letters, self.outbox = letters, outbox

    def send_verification(self, email: str, token: str) -> None:
        """Whoever reads this letter shows, by the token, that the address is theirs."""
        self.outbox.post(self.letters.verification(email, token))

    def send_reset(self, email: str, token: str) -> None:
        """Whoever reads this letter may, with the token, choose a new password."""
        self.outbox.post(self.letters.reset(email, token))

    def send_invitation(self, email: str, token: str) -> None:
        """Whoever reads this letter may, with the token, choose the password of an account that was made for them."""
        self.outbox.post(self.letters.invitation(email, token))

    def send_taken(self, email: str) -> None:
        """Somebody has tried to register an address that has an account."""
        self.outbox.post(self.letters.taken(email))
