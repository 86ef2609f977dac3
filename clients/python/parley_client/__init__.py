"""Stream answers from a Parley server, unbroken over lost connections and restarts."""
from parley_client.client import AsyncClient
from parley_client.connection import Connection
from parley_client.errors import (
    ClosedError,
    ConnectionLostError,
    DivergedError,
    Event,
    NotAllowedError,
    NotFoundError,
    OverloadedError,
    ParleyError,
    RequestError,
    ResponseFailedError,
    ServerError,
)
from parley_client.options import Options
from parley_client.stream import AsyncStream
from parley_client.sync import Client, Stream

__all__ = [
    "AsyncClient",
    "AsyncStream",
    "Client",
    "ClosedError",
    "Connection",
    "ConnectionLostError",
    "DivergedError",
    "Event",
    "NotAllowedError",
    "NotFoundError",
    "Options",
    "OverloadedError",
    "ParleyError",
    "RequestError",
    "ResponseFailedError",
    "ServerError",
    "Stream",
]
