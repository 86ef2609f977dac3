"""What a worker says of itself to the registry: its state, how its loading goes, how full and how fast it is."""
from collections.abc import Iterable

from inference.engine.port import Engine
from inference.token_rate import TokenRate
from relay.views import Leased, WorkerInfo, WorkerState


class Report:
    """`started_at` is Unix time in seconds, `now` of a clock that only grows. `progress` fits an engine's `start`."""

    def __init__(self, name: str, engine: Engine, *, started_at: float, now: float) -> None:
        self._name, self._engine, self._started_at = name, engine, started_at
        self.state: WorkerState = "loading"
        self.message = "starting"
        self.share: float | None = None
        self.rate = TokenRate(now)
        self.attempts = self.taken_over = 0  # jobs leased, and those of them that another worker had begun
        self._started = False
        self._capabilities: list[str] = []

    def progress(self, message: str, share: float | None) -> None:
        self.message, self.share = message, share

    def started(self) -> None:
        """The engine runs; the worker is ready, unless it is to go already."""
        self._started = True
        self._capabilities = self._engine.traits.capabilities()
        self.message, self.share = "", None
        if self.state == "loading":
            self.state = "ready"

    def leased(self, jobs: Iterable[Leased]) -> None:
        for job in jobs:
            self.attempts += 1
            self.taken_over += job.begun

    def info(self, entering: int, now: float) -> WorkerInfo:
        """`entering` are jobs on their way into the engine."""
        engine = self._engine
        if not self._started:  # it has no load, and may not know its size
            return WorkerInfo(
                self._name, engine.model, self.state, self.message, self.share, capacity=0, started_at=self._started_at)
        load = engine.load()
        return WorkerInfo(
            self._name,
            engine.model,
            self.state,
            running=load.running,
            waiting=load.waiting + entering,
            capacity=engine.capacity,
            kv_usage=load.kv_usage,
            context_tokens=engine.context_tokens,
            started_at=self._started_at,
            tokens_per_s=self.rate.per_s(now),
            capabilities=self._capabilities,
            parameters=engine.parameters,
            attempts=self.attempts,
            taken_over=self.taken_over,
        )
