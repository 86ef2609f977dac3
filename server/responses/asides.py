"""Small things that the server itself asks a model, on the side: kept nowhere, and only when nobody waits."""
import asyncio
from typing import Protocol

from relay.views import WorkerInfo
from server.responses.schemas import parse_create
from server.responses.service import ResponseService

USER = "parley:asides"  # no account has such an id, so nobody's own responses wait for these
MAX_TOKENS = 32
ANSWER_S = 60.0


class Workers(Protocol):
    """Who makes tokens."""

    async def workers(self) -> list[WorkerInfo]:
        """The live ones. Raises RelayError."""


class Asides:
    """One at a time is meant; who asks has no hurry."""

    def __init__(self, responses: ResponseService, workers: Workers) -> None:
        self.responses, self.workers = responses, workers

    async def is_idle(self, model: str) -> bool:
        """Whether a worker for the model is ready, and none runs or waits for anything. Raises RelayError."""
        its = [worker for worker in await self.workers.workers() if worker.model == model and worker.state == "ready"]
        return bool(its) and all(worker.running + worker.waiting == 0 for worker in its)

    async def ask(self, model: str, prompt: str) -> str:
        """A short answer. Raises ApiError, RelayError, TimeoutError."""
        create = parse_create({
            "model": model, "input": prompt, "store": False, "temperature": 0, "max_output_tokens": MAX_TOKENS})
        feed = await self.responses.start(USER, create)
        async with asyncio.timeout(ANSWER_S):
            whole = await feed.end()
        texts = [
            part["text"] for item in whole["output"] if item["type"] == "message"
            for part in item["content"] if part["type"] == "output_text"]
        return "".join(texts) if whole["status"] != "failed" else ""
