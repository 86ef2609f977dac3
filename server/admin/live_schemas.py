"""An installation as it is now, as administrators are told of it. What is not known is null, and never 0.

Times are Unix times in seconds.
"""
from typing import Literal

from pydantic import BaseModel, Field


class PersonRead(BaseModel):
    """Whoever an id is of. Names are null where there is no account, and while the database is away."""

    id: str
    kind: Literal["account", "guest", "key"] = Field(
        description="`key`: one that is no account's, out of the settings or on an installation of one's own")
    email: str | None
    display_name: str | None


class GatewayRead(BaseModel):
    """As it said of itself, half a second ago at most; one that has died is shown for about three seconds."""

    id: str
    state: Literal["ready", "draining"] | None
    started_at: float | None
    sockets: int | None = Field(description="WebSockets that are open there")
    streams: int | None = Field(description="answers over HTTP that are told there as they come")
    users: int | None = Field(description="who holds a socket or a stream there, each counted once")
    delivered_tokens_per_s: float | None = Field(
        description="tokens taken in for whoever follows there, over the last five seconds")


class WorkerRead(BaseModel):
    """As it said of itself, half a second ago at most; one that has died is shown until it was taken back."""

    id: str
    model: str
    state: Literal["loading", "ready", "draining"]
    message: str = Field(description="what it has to say of its state; often nothing")
    progress: float | None = Field(description="of its loading, 0 to 1")
    started_at: float
    running: int = Field(description="responses in its engine")
    waiting: int = Field(description="responses that it has taken up and its engine has not begun")
    capacity: int | None = Field(description="responses that it runs side by side; null while it loads")
    tokens_per_s: float = Field(description="tokens that it makes, over the last five seconds")
    kv_usage: float | None = Field(description="how full its cache is, 0 to 1; null while it loads")
    context_tokens: int | None = Field(description="prompt and answer together; null while it loads")
    attempts: int = Field(description="responses that it has taken up since it started")
    taken_over: int = Field(description="those of them that another worker had begun")


class QueueRead(BaseModel):
    """Responses that wait for a worker. A model that nobody waits for has none."""

    model: str
    waiting: int
    handed_over: int = Field(description="those of them that a worker had begun and gave back, or died of")
    oldest_wait_s: float | None = Field(description="of those that no worker had yet; null: there is none")


class RedisRead(BaseModel):
    up: bool
    message: str = Field(description="what is wrong with it; empty if nothing is")
    version: str | None
    memory_bytes: int | None
    connections: int | None


class DatabaseRead(BaseModel):
    up: bool
    kind: Literal["sqlite", "postgresql"]
    unsaved: int | None = Field(description="responses that have ended and are not saved yet")


class TotalsRead(BaseModel):
    """Over all that is listed; null where that, or one of it, is not known."""

    sockets: int | None
    streams: int | None
    users: int | None = Field(
        description="each counted once, at whichever gateways; null where several gateways have more than 2,000")
    delivered_tokens_per_s: float | None
    running: int | None
    waiting: int | None = Field(description="for a worker, over all models")
    capacity: int | None = Field(description="of the workers that have loaded")
    tokens_per_s: float | None = Field(description="that workers make")


class LiveRead(BaseModel):
    """While Redis is away, `gateways` has the one that was asked, and `workers` and `queues` are null."""

    object: Literal["live"] = "live"
    at: float
    gateway_id: str = Field(description="the gateway that tells this")
    totals: TotalsRead
    gateways: list[GatewayRead]
    workers: list[WorkerRead] | None
    queues: list[QueueRead] | None
    redis: RedisRead
    database: DatabaseRead


class ConnectedRead(BaseModel):
    """Somebody who holds a socket or a stream open."""

    id: str = Field(description="the user's, for `after`")
    object: Literal["connected"] = "connected"
    user: PersonRead
    since: float = Field(description="since when without a pause, at the gateway where it is longest")
    sockets: int
    streams: int
    gateway_ids: list[str]


class ConnectedList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ConnectedRead]
    first_id: str | None
    last_id: str | None
    has_more: bool
