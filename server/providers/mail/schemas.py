"""What is sent."""
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one address. Its texts hold links that are secrets, so neither is ever shown by `repr`."""

    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
