"""From workers, as the relay knows them, to models."""
from collections.abc import Iterable

from relay.views import WorkerInfo
from server.catalog.schemas import ModelRead


def models(workers: Iterable[WorkerInfo]) -> list[ModelRead]:
    """One for each model, the longest served first. A draining worker takes no more work, so it serves none."""
    by_model: dict[str, list[WorkerInfo]] = {}
    for worker in sorted(workers, key=lambda worker: (worker.started_at, worker.name)):
        if worker.state != "draining":
            by_model.setdefault(worker.model, []).append(worker)
    return [_model(name, group) for name, group in by_model.items()]


def _model(name: str, workers: list[WorkerInfo]) -> ModelRead:
    windows = [worker.context_tokens for worker in workers if worker.context_tokens]
    return ModelRead(
        id=name,
        created=int(workers[0].started_at),
        state="ready" if any(worker.state == "ready" for worker in workers) else "loading",
        context_tokens=min(windows, default=0),  # a request may run on any of them
        workers=len(workers),
        capabilities=_capabilities(workers),
        parameters=next((worker.parameters for worker in workers if worker.parameters is not None), None),
    )


def _capabilities(workers: list[WorkerInfo]) -> list[str] | None:
    """What each of them can do, those that do not know it yet left out."""
    known = [set(worker.capabilities) for worker in workers if worker.capabilities is not None]
    return sorted(set.intersection(*known)) if known else None
