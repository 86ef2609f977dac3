"""What this gateway says of itself whenever it renews its registration."""
from collections.abc import Callable

from relay.views import GatewayInfo
from server.admin.rate import Rate
from server.admission.sockets import Sockets
from server.common.clock import Clock


class Figures:
    """`tokens` counts those that were taken in for whoever follows here."""

    def __init__(self, name: str, sockets: Sockets, tokens: Callable[[], int], clock: Clock) -> None:
        self.name, self.sockets = name, sockets
        self.started_at = clock.now()
        self.rate = Rate(tokens, clock.monotonic)

    def __call__(self) -> GatewayInfo:
        sockets, presence = self.sockets, self.sockets.presence
        tokens_per_s = self.rate.per_s()
        return GatewayInfo(
            self.name,
            "draining" if sockets.is_draining else "ready",
            started_at=self.started_at,
            sockets=sockets.open,
            streams=presence.streams,
            users=len(presence.users),
            tokens_per_s=None if tokens_per_s is None else round(tokens_per_s, 1),
        )
