"""What the client processes are told to do, for how long, and how it is divided among them."""
from typing import Literal

import msgspec

Kind = Literal["rate", "closed", "idle", "storm", "slow"]


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """`sockets` and `per_second` are of all processes together.

    `rate`: answers are asked for at random moments, `per_second` on average, whether or not the last ones have come.
    `closed`: each of the sockets asks for the next answer when it has one. `slow`: so too, but every second one reads
    in a tenth of the time only. `idle`: sockets that say nothing. `storm`: every socket asks once, all connections
    are lost at the same moment, and all come back to go on.
    """

    name: str
    kind: Kind
    seconds: float
    sockets: int = 0
    per_second: float = 0.0
    tokens: int = 64
    store: bool = False
    model: str = ""

    def share(self, number: int, processes: int) -> "Phase":
        """What process `number` of so many does of it."""
        sockets = self.sockets // processes + (number < self.sockets % processes)
        return msgspec.structs.replace(self, sockets=sockets, per_second=self.per_second / processes)


class Order(msgspec.Struct, frozen=True):
    """One line to a client process. `number` is which of the processes it is."""

    url: str
    key: str
    number: int
    phase: Phase
