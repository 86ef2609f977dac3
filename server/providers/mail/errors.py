"""Why a letter was not carried."""


class MailNotSent(Exception):
    """`message` says whose fault it is, without a secret. `permanent`: sent again unchanged, it would fail again."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.message, self.permanent = message, permanent
