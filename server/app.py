"""The composition root: makes the parts of one gateway, hands them to the routes, and owns their tasks."""
import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from loguru import logger
from prometheus_client import CollectorRegistry
from starlette.middleware.cors import CORSMiddleware

from relay.errors import RelayError
from relay.events import Ended
from relay.gateway import GatewayRelay
from server import documents
from server.admin.parts import ROUTERS as ADMINISTRATION
from server.admin.parts import AdminParts, Sources
from server.admin.samples import Counted
from server.admission.pace import Pace
from server.admission.queue import QueueWatch
from server.admission.sockets import Sockets
from server.auth.parts import ROUTERS as ACCOUNTS
from server.auth.parts import AuthParts
from server.catalog import router as catalog
from server.catalog.service import Catalog
from server.common import filters
from server.common.clock import SystemClock
from server.common.database import Database
from server.common.middleware import BodyLimit, SecurityHeaders, cross_origin
from server.completions import router as completions
from server.conversations import routers as conversations
from server.conversations.history import History
from server.conversations.parts import ConversationServices, make_conversations
from server.conversations.recorder import Recorder
from server.conversations.repository import ResponseRepository
from server.conversations.titler import Titler
from server.graphql import parts as graphql_parts
from server.graphql import router as graphql
from server.health import router as health
from server.health.meter import Meter, buckets_of, ends_of
from server.health.metrics import Metrics
from server.health.relay_watch import RelayWatch
from server.health.service import Health
from server.page import router as page
from server.providers.mail.letters import Letters
from server.providers.mail.outbox import Outbox
from server.providers.mail.parts import make_carrier
from server.providers.mail.postman import Postman
from server.reference.meanings import meaning
from server.responses import conversation_items, router_http
from server.responses.asides import Asides
from server.responses.detach import DetachPolicy
from server.responses.estate import RunningEstate
from server.responses.hub import Hub, HubSettings
from server.responses.resource import fold
from server.responses.router_ws import ResponseSockets
from server.responses.service import ResponseService
from server.responses.session import SessionLimits
from server.settings import CLIENT_DIR, STATIC_DIR, GatewaySettings

VERSION = "0.1.0"
ABOUT = (
    "A realtime chat server that speaks Open Responses. Every error has the one shape `Error`; what a status can mean "
    "is listed, code by code, at each route. An answer whose error may be tried again says in `Retry-After` when. The "
    "WebSocket at `/v1/responses` is described by `/asyncapi.json`."
)
GOODBYE_S = 3.0  # how long tasks may take to end by themselves


def create_app(settings: GatewaySettings, name: str = "gateway-1", fail: Callable[[], None] = lambda: None) -> FastAPI:
    """A gateway; everything in it lives from the application's startup to its shutdown.

    `name` is unique among the gateways of an installation. `fail` is called when a task that must run for ever has
    ended by an error: the process is of no more use then.
    """

    sockets = Sockets(settings.max_sockets)  # before all else, for a stop may come before the startup has ended

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        parts = Parts.make(settings, name, sockets)
        parts.hand_to(app)
        async with parts.running(fail):
            yield

    app = FastAPI(title="Parley", version=VERSION, description=ABOUT, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.sockets = sockets
    filters.install(app)
    for routes in (
            health.router, catalog.router, router_http.router, completions.router, *conversations.ROUTERS, *ACCOUNTS,
            *ADMINISTRATION, graphql.router):
        app.include_router(routes)
    documents.install(app)
    page.install(app, STATIC_DIR, CLIENT_DIR)
    app.add_middleware(
        BodyLimit, limit=settings.max_message_bytes, larger={conversations.IMPORT_PATH: settings.max_import_bytes})
    app.add_middleware(SecurityHeaders)
    if settings.origins:
        app.add_middleware(CORSMiddleware, **cross_origin(settings.origins))
    app.add_middleware(ResponseSockets)
    return app


@dataclass(slots=True)
class Parts:
    """What one gateway is made of."""

    settings: GatewaySettings
    database: Database
    hub: Hub
    relay: RelayWatch
    recorder: Recorder
    detach: DetachPolicy
    queue: QueueWatch
    responses: ResponseService
    conversations: ConversationServices
    titler: Titler | None
    catalog: Catalog
    outbox: Outbox
    health: Health
    metrics: Metrics
    auth: AuthParts
    admin: AdminParts

    @classmethod
    def make(cls, settings: GatewaySettings, name: str, sockets: Sockets) -> "Parts":
        clock, registry = SystemClock(), CollectorRegistry()
        database = Database(settings.database, settings.run_dir / "migrations.lock")
        repository = ResponseRepository(database)
        hub = Hub(HubSettings(
            max_queue_s=settings.max_queue_s, detach_s=settings.detach_s, frame_gap_s=settings.frame_gap_s), clock)
        pace = Pace()
        meter = Meter(hub, registry, clock.monotonic, pace, _note_failed)
        plain_relay = GatewayRelay(name, settings.relay(), meter)
        hub.use(plain_relay)
        relay = RelayWatch(plain_relay, meter)
        catalog = Catalog(plain_relay, clock, default=settings.model, remember_s=settings.max_queue_s)
        detach = DetachPolicy(plain_relay, clock, settings.detach_s)
        outbox = Outbox(make_carrier(settings.smtp_url, settings.mail_from))
        history = History(plain_relay, repository, fold, clock)
        stored = make_conversations(
            database, repository, history, conversation_items, clock, settings.max_input_bytes)
        recorder = Recorder(plain_relay, repository, stored.tree, fold, hub.keep)
        responses = ResponseService(
            relay=relay,
            hub=hub,
            history=history,
            conversations=stored.tree,
            catalog=catalog,
            clock=clock,
            max_input_bytes=settings.max_input_bytes,
        )
        conversations = stored.services(responses)
        auth = AuthParts.make(
            settings, database, clock, Postman(Letters(settings.address), outbox),
            [RunningEstate(plain_relay, clock, stored.estate.former), stored.estate],
            {"conversations": conversations.exchange.everything, "responses": conversations.exchange.responses_alone})
        sockets.presence.on_left = auth.lookups.left
        counts = Counts(sockets, hub, recorder, detach, meter)
        sources = Sources(
            sockets, relay, catalog, database, auth.users, stored.estate, lambda: hub.counts.tokens, counts.counted,
            filters.recent, meaning)
        return cls(
            settings=settings,
            database=database,
            hub=hub,
            relay=relay,
            recorder=recorder,
            detach=detach,
            queue=QueueWatch(hub, relay, catalog, pace, clock),
            responses=responses,
            conversations=conversations,
            titler=stored.titler(Asides(responses, catalog)) if settings.titles else None,
            catalog=catalog,
            outbox=outbox,
            health=Health(relay, database, catalog, sockets, settings.run_dir / "startup.json"),
            metrics=Metrics(registry, relay, catalog, counts),
            auth=auth,
            admin=AdminParts.make(name, plain_relay, sources, clock),
        )

    def hand_to(self, app: FastAPI) -> None:
        """Where the routes' dependencies look for them."""
        self.auth.hand_to(app)
        self.admin.hand_to(app)
        app.state.session_limits = SessionLimits(max_message_bytes=self.settings.max_message_bytes)
        app.state.responses = self.responses
        app.state.conversations = self.conversations
        app.state.catalog = self.catalog
        app.state.graphql = graphql_parts.make(
            self.responses, self.conversations, self.catalog, self.settings.allows_introspection)
        app.state.health = self.health
        app.state.metrics = self.metrics

    @asynccontextmanager
    async def running(self, fail: Callable[[], None]) -> AsyncIterator[None]:
        """Run the tasks; at the end let each finish what it is at, then say goodbye to the relay."""
        async with asyncio.TaskGroup() as tasks:
            relay = tasks.create_task(_kept("the relay", self.relay.run(), fail))
            recorder = tasks.create_task(_kept("the recorder", self.recorder.run(), fail))
            outbox = tasks.create_task(_kept("the outbox", self.outbox.run(), fail))
            others = [
                tasks.create_task(_kept("the hub", self.hub.run(), fail)),
                tasks.create_task(_kept("the watch for what nobody follows", self.detach.run(), fail)),
                tasks.create_task(_kept("the watch on the queue", self.queue.run(), fail)),
                tasks.create_task(_kept("the database", self.database.run(), fail)),
                *[tasks.create_task(_kept(name, work, fail)) for part in (self.auth, self.admin)
                  for name, work in part.tasks()],
                *([tasks.create_task(_kept("the titler", self.titler.run(), fail))] if self.titler else []),
            ]
            try:
                yield
            finally:
                self.recorder.stop()
                self.outbox.close()
                await asyncio.wait([recorder, outbox], timeout=GOODBYE_S)
                with suppress(RelayError):
                    await self.relay.relay.leave()
                await asyncio.wait([relay], timeout=GOODBYE_S)
                for task in (relay, recorder, outbox, *others):
                    task.cancel()
        await self.auth.close()
        await self.database.close()


@dataclass(frozen=True, slots=True)
class Counts:
    """What this gateway counts, as `/metrics` wants it."""

    sockets: Sockets
    hub: Hub
    recorder: Recorder
    detach: DetachPolicy
    meter: Meter

    def gauges(self) -> Mapping[str, tuple[str, float]]:
        return {
            "sockets": ("WebSockets open at this gateway.", self.sockets.open),
            "viewers": ("Sockets and streams that follow a response.", self.hub.viewers),
            "feeds": ("Responses that this gateway follows or still keeps.", self.hub.feeds),
        }

    def counters(self) -> Mapping[str, tuple[str, float]]:
        counts = self.hub.counts
        return {
            "batches": ("Batches read from the inbox.", counts.batches),
            "events": ("Events of responses taken from batches and logs.", counts.events),
            "tokens": ("Tokens in them.", counts.tokens),
            "frames": ("Frames rendered for viewers.", counts.frames),
            "merged": ("Events that went out in another's frame.", counts.merged),
            "gaps": ("Gaps seen in what batches brought.", counts.gaps),
            "repairs": ("Logs read to fill a gap.", counts.repairs),
            "diverged": ("Viewers told to read a response anew.", counts.diverged),
            "recorded": ("Responses saved to the database.", self.recorder.saved),
            "detached": ("Responses stopped because nobody had watched them for PARLEY_DETACH_S.", self.detach.stopped),
            "behind": ("Viewers closed for being slow.", counts.behind),
        }

    def errors(self) -> Mapping[str, int]:
        return {code.value: count for code, count in filters.told.items()}

    def counted(self) -> Counted:
        """For the history."""
        meter = self.meter
        return Counted(
            self.hub.counts.tokens, buckets_of(meter.first_token), buckets_of(meter.per_token), ends_of(meter.ends),
            self.errors())


def _note_failed(response_id: str, user: str, end: Ended) -> None:
    filters.note_failed(end.code, end.message, response_id=response_id, user=user)


async def _kept(what: str, work: Coroutine[Any, Any, None], fail: Callable[[], None]) -> None:
    """Run a part's task. If it fails, the gateway is to end, in order: its sockets can go on at another one."""
    try:
        await work
    except Exception:  # the task's end
        logger.exception("{} has failed, so this gateway stops", what.capitalize())
        fail()
