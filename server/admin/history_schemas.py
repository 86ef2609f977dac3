"""The last hour as series for plots: each has one value for each time in `at`. What is not known is null, never 0."""
from enum import IntEnum
from typing import Literal

from pydantic import BaseModel, Field


class StepSeconds(IntEnum):
    """How long a step is."""

    FIVE = 5
    TEN = 10
    HALF_A_MINUTE = 30
    A_MINUTE = 60


Series = list[float | None]
Counts = list[int | None]


class QuantilesRead(BaseModel):
    """In seconds. Interpolated in the buckets of `/metrics`; null where nothing was measured."""

    p50: Series
    p95: Series
    count: Counts = Field(description="how many there were")


class HistoryRead(BaseModel):
    """A step without any gateway's word is null in all series; in others, counts of what did not happen are 0."""

    object: Literal["history"] = "history"
    step_s: int
    at: list[int] = Field(description="when each step ended, in Unix seconds; multiples of `step_s`, the oldest first")
    tokens_per_s: Series = Field(description="that workers made, over all models")
    delivered_tokens_per_s: Series = Field(description="taken in by gateways for whoever follows")
    running: Series = Field(description="responses in workers' engines")
    waiting: Series = Field(description="responses that waited for a worker")
    sockets: Series = Field(description="WebSockets that were open, over all gateways")
    time_to_first_token_s: QuantilesRead = Field(description="from a response's submission to its first token")
    time_per_output_token_s: QuantilesRead = Field(description="between two tokens, averaged over a response")
    responses: dict[str, Counts] = Field(
        description="that have ended, by status: `completed`, `incomplete`, `failed`; those that happened in this time")
    failures: dict[str, Counts] = Field(description="those that failed, by code")
    errors: dict[str, Counts] = Field(description="that clients were told at whichever door, by code")
