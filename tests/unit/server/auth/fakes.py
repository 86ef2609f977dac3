"""What stands in for others' parts."""


class Letters:
    """A mailer that keeps what it is given: kind, address, token."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send_verification(self, email: str, token: str) -> None:
        self.sent.append(("verification", email, token))

    def send_reset(self, email: str, token: str) -> None:
        self.sent.append(("reset", email, token))

    def send_invitation(self, email: str, token: str) -> None:
        self.sent.append(("invitation", email, token))

    def send_taken(self, email: str) -> None:
        self.sent.append(("taken", email, ""))
