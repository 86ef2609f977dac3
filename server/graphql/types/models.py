"""Models that can be asked for now."""
from datetime import datetime
from enum import Enum

import strawberry

from server.graphql.ports import ModelRead
from server.graphql.types.responses import time


@strawberry.enum
class ModelState(Enum):
    READY = "ready"
    LOADING = "loading"


@strawberry.type(description="A model that at least one live worker serves or loads.")
class Model:
    id: strawberry.ID = strawberry.field(description="Its name, for `model` in a request.")
    created_at: datetime = strawberry.field(description="When its first worker started.")
    state: ModelState
    context_tokens: int = strawberry.field(description="Prompt and answer together; 0 while it is not known.")
    workers: int
    capabilities: list[str] | None = strawberry.field(
        description="What it can do beyond text: `tools`, `images` …; null while it is not known.")
    is_default: bool = strawberry.field(description="Whether a request gets it that names none.")


def model(read: ModelRead, default: str) -> Model:
    return Model(
        id=strawberry.ID(read.id),
        created_at=time(read.created),
        state=ModelState(read.state),
        context_tokens=read.context_tokens,
        workers=read.workers,
        capabilities=read.capabilities,
        is_default=read.id == default,
    )
