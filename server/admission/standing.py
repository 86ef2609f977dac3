"""Where a response stands that waits for a worker."""
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in a model's queue. `position` counts from 1; `waiting` are all who wait, this one among them.

    `estimated_s` is about how long until a worker takes it; None where that is not known.
    """

    position: int
    waiting: int
    estimated_s: int | None = None

    def differs(self, other: "Standing | None") -> bool:
        """Whether it is worth telling after the other: those behind come and go all the time."""
        return other is None or (self.position, self.estimated_s) != (other.position, other.estimated_s)
