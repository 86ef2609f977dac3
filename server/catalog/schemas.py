"""Models as `/v1/models` tells of them: OpenAI's shape, and what it has no field for under `parley:`."""
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ModelRead(BaseModel):
    """A model that at least one live worker serves or loads. `created` is when its first worker started (Unix s)."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True, frozen=True)

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "parley"
    state: Literal["ready", "loading"] = Field(alias="parley:state")
    context_tokens: int = Field(alias="parley:context_tokens")  # prompt and answer together; 0 while it is not known
    workers: int = Field(alias="parley:workers")
    capabilities: list[str] | None = Field(alias="parley:capabilities")  # beyond text; null while it is not known
    parameters: int | None = Field(alias="parley:parameters")  # null where they cannot be counted


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelRead]
