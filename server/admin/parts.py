"""What administration is made of, in one gateway."""
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from relay.gateway import GatewayRelay
from server.admin import router, router_live
from server.admin.beacon import Beacon
from server.admin.figures import Figures
from server.admin.live import Catalog, Database, Live, Names, Redis
from server.admission.sockets import Sockets
from server.common.clock import Clock

ROUTERS = (router.router, router_live.router)


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom it asks. `tokens` counts those that were taken in for whoever follows here."""

    sockets: Sockets
    redis: Redis
    catalog: Catalog
    database: Database
    names: Names
    tokens: Callable[[], int]


@dataclass(slots=True)
class AdminParts:
    """Made by `make`; the composition root runs `tasks`."""

    live: Live
    beacon: Beacon

    @classmethod
    def make(cls, name: str, relay: GatewayRelay, sources: Sources, clock: Clock) -> "AdminParts":
        figures = Figures(name, sources.sockets, sources.tokens, clock)
        relay.figures = figures
        return cls(
            live=Live(relay, sources.redis, sources.catalog, sources.database, sources.names, figures, clock),
            beacon=Beacon(relay, sources.sockets.presence, clock),
        )

    def hand_to(self, app: FastAPI) -> None:
        app.state.live = self.live

    def tasks(self) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
        """What runs for ever, by what it is called."""
        yield "the telling of who is connected", self.beacon.run()
