"""The door's parts, as routes get them; the composition root puts them into `app.state`."""
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.common.clock import Clock
from server.graphql.ports import Ports
from server.graphql.schema import Schema
from server.graphql.socket import SocketLimits


@dataclass(frozen=True, slots=True)
class GraphQL:
    schema: Schema
    ports: Ports
    clock: Clock
    limits: SocketLimits = field(default_factory=SocketLimits)


def get_graphql(connection: HTTPConnection) -> GraphQL:
    door: GraphQL = connection.app.state.graphql
    return door


Door = Annotated[GraphQL, Depends(get_graphql)]
