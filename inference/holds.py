"""All jobs that this worker holds, between the relay's words and the engine's."""
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import count

from loguru import logger

from inference.engine.port import Engine, EngineRequestError, Output
from inference.hold import REDIS_LOSES_S, Hold
from inference.intake import Entrant, Intake
from inference.outgoing import Outgoing
from inference.standing import Standing, read
from inference.tool_use import ToolUse, tool_use
from relay.views import Held, Leased


class Holds:
    """Changed by the worker's loop only, but for refusals, which come from the intake and call `wake`.

    `now` is seconds of a clock that only grows, `at` Unix time in seconds, which `wall` tells.
    """

    def __init__(self, engine: Engine, *, wall: Callable[[], float], wake: Callable[[], None]) -> None:
        self._engine, self._wall, self._wake = engine, wall, wake
        self._by_key: dict[str, Hold] = {}
        self._by_id: dict[str, Hold] = {}
        self._silent: dict[str, Hold] = {}  # those that have said nothing yet
        self._ended: deque[tuple[float, Hold]] = deque()  # whose end Redis may still lose
        self._turns = count()
        self.outgoing = Outgoing()
        self.intake = Intake(engine, self._refuse)

    def __len__(self) -> int:
        return len(self._by_key)

    @property
    def ids(self) -> list[str]:
        return list(self._by_id)

    @property
    def any_in_engine(self) -> bool:
        return any(hold.in_engine and not hold.composer.ended for hold in self._by_key.values())

    @property
    def any_silent(self) -> bool:
        return bool(self._silent)

    @property
    def tries_suspect(self) -> bool:
        """Does it hold a job that has crashed, and has said nothing yet? Then nothing must be leased beside it."""
        return any(hold.crashes for hold in self._silent.values())

    def take(self, job: Leased, now: float) -> None:
        """A leased job: into the engine, or to its end where it has one already."""
        standing = read(job.records)
        use, refusal = self._use(job)
        hold = Hold(job, standing, now, next(self._turns), use)
        self._by_key[hold.key] = self._by_id[hold.response_id] = hold
        self.outgoing.touch(hold)
        at = self._wall()
        if standing.ended:
            return
        if failure := self._failure(job, standing) or refusal:
            hold.composer.fail(*failure, at)
        elif job.cancelled:
            hold.composer.cancel(at)
        else:
            hold.composer.begin(at)
            self._silent[hold.key] = hold
            said = 0 if use.parser else standing.characters  # a parser reads anew from the beginning
            self.intake.put(Entrant(hold, job.request, use, standing.tokens, said))

    def compose(self, outputs: list[Output], at: float) -> int:
        """Take in what the engine made; how many tokens it was. The hot path: once per response and step."""
        total = 0
        by_key, silent = self._by_key, self._silent
        said: list[Hold] = []
        for output in outputs:
            hold = by_key.get(output.response_id)
            if hold is not None:
                made = len(output.tokens)
                hold.tokens += made
                total += made
                hold.composer.take(output, at)
                if silent and hold.composer.said:
                    silent.pop(hold.key, None)
                said.append(hold)
        self.outgoing.touch_all(said)
        return total

    def heed(self, views: Mapping[str, tuple[list[str], bool]], looked_at: Iterable[str], *, restate: bool) -> None:
        """What the relay says of jobs: followers, cancelled; a job that it does not know is dropped.

        With `restate` the destinations are stated even where they are the same.
        """
        for response_id in looked_at:
            hold = self._by_id.get(response_id)
            if hold is None:
                continue
            if response_id not in views:
                self._drop(hold)
                continue
            followers, cancelled = views[response_id]
            if restate or set(followers) != set(hold.destinations):
                hold.wanted = followers
                self.outgoing.touch(hold)
            if cancelled and not hold.cancelled:
                self._cancel(hold)

    def sweep(self, now: float) -> None:
        self.outgoing.touch_due(self._by_key.values(), now)

    def confirm(self, now: float) -> None:
        """The last step is in Redis."""
        for hold in self.outgoing.confirm(now):
            if hold.composer.satisfied:
                self._engine.abort(hold.key)  # it would go on; what it says of that finds no hold
            self._ended.append((now, hold))
            self._forget(hold)
        self._let_go(now)

    def held(self) -> list[Held]:
        return [hold.held() for hold in self._by_key.values()]

    def known(self, now: float) -> list[Held]:
        """For `rejoin`: what is held, and what has ended so lately that Redis may have lost it."""
        self._let_go(now)
        return [*[hold.held() for _, hold in self._ended], *self.held()]

    def keep(self, kept: set[str], now: float) -> None:
        """After `rejoin`: the others are somebody else's, or have ended."""
        for hold in list(self._by_key.values()):
            if hold.response_id in kept:
                hold.rejoined(now)
            else:
                self._drop(hold)

    def drop_all(self) -> None:
        for hold in list(self._by_key.values()):
            self._drop(hold)

    def _let_go(self, now: float) -> None:
        while self._ended and self._ended[0][0] < now - REDIS_LOSES_S:
            self._ended.popleft()

    def _use(self, job: Leased) -> tuple[ToolUse, tuple[str, str] | None]:
        """What the job's tools mean, and code and message where the engine has none such."""
        try:
            return tool_use(job.request, self._engine.traits), None
        except EngineRequestError as error:
            return ToolUse(), (error.code, error.message)
        except Exception:
            logger.exception("the tools of {} cannot be read", job.response_id)  # a gateway should have refused them
            return ToolUse(), ("engine_error", "The worker could not read this request's tools.")

    def _failure(self, job: Leased, standing: Standing) -> tuple[str, str] | None:
        """Code and message for a job that must not be run."""
        if job.hopeless:
            return "worker_lost", f"Given up: {job.crashes} workers in turn were lost over this response."
        if job.unreadable:
            return "internal_error", "This request was written by another version of Parley; send it again."
        if job.expired:
            return "queue_timeout", "This response waited too long for a worker; try again later."
        if standing.said and not self._engine.can_continue:
            return "worker_lost", "The worker was lost, and this engine cannot go on where it stopped; try again."
        return None

    def _cancel(self, hold: Hold) -> None:
        hold.cancelled = True
        if hold.in_engine:
            self._engine.abort(hold.key)  # its last output ends the response
        else:
            hold.unwanted = True
            hold.composer.cancel(self._wall())
            self.outgoing.touch(hold)

    def _refuse(self, hold: Hold, code: str, message: str) -> None:
        if not hold.unwanted:
            logger.debug("{} refused: {}", hold.response_id, code)
            hold.composer.fail(code, message, self._wall())
            self.outgoing.touch(hold)
            self._wake()

    def _drop(self, hold: Hold) -> None:
        hold.unwanted = True
        if hold.in_engine and not hold.composer.ended:
            self._engine.abort(hold.key)
        self.outgoing.drop(hold)
        self._forget(hold)

    def _forget(self, hold: Hold) -> None:
        self._by_key.pop(hold.key, None)
        self._silent.pop(hold.key, None)
        if self._by_id.get(hold.response_id) is hold:
            del self._by_id[hold.response_id]
