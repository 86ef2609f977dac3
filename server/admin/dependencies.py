"""What an administrator works with, as routes get it."""
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.admin.history import History
from server.admin.live import Live
from server.admin.recent import LastErrors
from server.admin.service import Members


def get_members(connection: HTTPConnection) -> Members:
    members: Members = connection.app.state.members
    return members


def get_live(connection: HTTPConnection) -> Live:
    live: Live = connection.app.state.live
    return live


def get_history(connection: HTTPConnection) -> History:
    history: History = connection.app.state.history
    return history


def get_errors(connection: HTTPConnection) -> LastErrors:
    errors: LastErrors = connection.app.state.last_errors
    return errors


AdminMembers = Annotated[Members, Depends(get_members)]
AdminLive = Annotated[Live, Depends(get_live)]
AdminHistory = Annotated[History, Depends(get_history)]
AdminErrors = Annotated[LastErrors, Depends(get_errors)]
