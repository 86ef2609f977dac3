"""What administration is made of, in one gateway."""
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from relay.gateway import GatewayRelay
from server.admin import router, router_live
from server.admin.beacon import Beacon
from server.admin.figures import Figures
from server.admin.history import History
from server.admin.live import Catalog, Database, Live, Redis
from server.admin.ports import Conversations, Users
from server.admin.recent import LastErrors
from server.admin.reporter import Reporter
from server.admin.samples import Count
from server.admin.service import Members
from server.admission.sockets import Sockets
from server.common.clock import Clock
from server.common.errors import Code
from server.common.recent import RecentErrors
from server.health.meter import PER_TOKEN_S, SOON_S

ROUTERS = (router.router, router_live.router)


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom it asks, and what this gateway counts and remembers. `tokens`: those taken in for whoever follows here."""

    sockets: Sockets
    redis: Redis
    catalog: Catalog
    database: Database
    users: Users
    conversations: Conversations
    tokens: Callable[[], int]
    count: Count
    recent: RecentErrors
    meaning: Callable[[Code], str]


@dataclass(slots=True)
class AdminParts:
    """Made by `make`; the composition root runs `tasks`."""

    members: Members
    live: Live
    history: History
    errors: LastErrors
    beacon: Beacon
    reporter: Reporter

    @classmethod
    def make(cls, name: str, relay: GatewayRelay, sources: Sources, clock: Clock) -> "AdminParts":
        figures = Figures(name, sources.sockets, sources.tokens, clock)
        relay.figures = figures
        live = Live(relay, sources.redis, sources.catalog, sources.database, sources.users, figures, clock)
        return cls(
            members=Members(sources.users, sources.conversations, live, clock),
            live=live,
            history=History(relay, clock, soon=SOON_S, per_token=PER_TOKEN_S),
            errors=LastErrors(relay, live, sources.meaning),
            beacon=Beacon(relay, sources.sockets.presence, clock),
            reporter=Reporter(
                name, relay, sources.catalog, sources.sockets, sources.count, sources.recent, clock),
        )

    def hand_to(self, app: FastAPI) -> None:
        app.state.members, app.state.live = self.members, self.live
        app.state.history, app.state.last_errors = self.history, self.errors

    def tasks(self) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
        """What runs for ever, by what it is called."""
        yield "the telling of who is connected", self.beacon.run()
        yield "the telling of what was counted", self.reporter.run()
