"""The core's parts, as routes get them; the composition root puts them into `app.state`."""
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.responses.compaction import Compactor
from server.responses.service import ResponseService
from server.responses.session import SessionLimits


def get_responses(connection: HTTPConnection) -> ResponseService:
    service: ResponseService = connection.app.state.responses
    return service


def get_session_limits(connection: HTTPConnection) -> SessionLimits:
    limits: SessionLimits = connection.app.state.session_limits
    return limits


Responses = Annotated[ResponseService, Depends(get_responses)]


def get_compactor(responses: Responses) -> Compactor:
    return Compactor(responses)


Compaction = Annotated[Compactor, Depends(get_compactor)]
