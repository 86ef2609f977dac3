"""Admission's parts, as routes get them."""
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.admission.sockets import Sockets


def get_sockets(connection: HTTPConnection) -> Sockets:
    sockets: Sockets = connection.app.state.sockets
    return sockets


GatewaySockets = Annotated[Sockets, Depends(get_sockets)]
