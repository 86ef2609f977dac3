"""The way of leased jobs into the engine: one after another, so that a long prompt's preparation holds up no append."""
import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger

from inference.engine.port import Engine, EngineDead, EngineRequestError, Generation
from inference.hold import Hold
from inference.prompt import messages_of
from inference.tool_use import ToolUse
from inference.tools_in_words import in_words
from inference.truncation import Turns
from relay.job import Request

Refused = Callable[[Hold, str, str], None]  # the hold, a code, a message for the client


@dataclass(frozen=True, slots=True)
class Entrant:
    """A job on its way into the engine. `known` and `said` are what earlier attempts made, as in Generation."""

    hold: Hold
    request: Request
    use: ToolUse
    known: list[int]
    said: int


class Intake:
    """`refused` is told of what the engine cannot run. Holds no more than the worker leases, so it needs no bound."""

    def __init__(self, engine: Engine, refused: Refused) -> None:
        self._engine, self._refused = engine, refused
        self._entrants: asyncio.Queue[Entrant] = asyncio.Queue()

    def __len__(self) -> int:
        return self._entrants.qsize()

    def put(self, entrant: Entrant) -> None:
        self._entrants.put_nowait(entrant)

    async def run(self) -> None:
        """For ever, until EngineDead."""
        while True:
            entrant = await self._entrants.get()
            if not entrant.hold.unwanted:
                await self._add(entrant)

    async def _add(self, entrant: Entrant) -> None:
        hold = entrant.hold
        try:
            await self._enter(entrant)
        except EngineRequestError as error:
            self._refused(hold, error.code, error.message)
        except EngineDead:
            raise
        except Exception:
            logger.exception("the engine cannot take {}", hold.response_id)  # this one's fault or ours; others go on
            self._refused(hold, "engine_error", "The engine could not take this request.")
        else:
            hold.in_engine = True
            if hold.unwanted:  # stopped or dropped while it went in
                self._engine.abort(hold.key)

    async def _enter(self, entrant: Entrant) -> None:
        """With as much of the context as fits, where the request allows that. Raises EngineRequestError, EngineDead."""
        request, use, traits = entrant.request, entrant.use, self._engine.traits
        turns = Turns(request.input)
        while True:
            messages = messages_of(request, turns.items, images=traits.images)
            if traits.tools_in_words:
                messages = in_words(messages, use.tools)
            try:
                await self._engine.add(Generation(
                    entrant.hold.key, messages, request.sampling, use.tools, use.text_format, entrant.known,
                    entrant.said, use.thinks, request.reasoning_effort))
            except EngineRequestError as error:
                too_long = error.code == "context_length_exceeded" and request.truncation == "auto"
                if not too_long or not turns.drop(error.input_tokens, self._engine.context_tokens):
                    raise
            else:
                return
