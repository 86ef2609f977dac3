"""What an administrator works with, as routes get it."""
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.admin.live import Live
from server.admin.service import Users


def get_users(connection: HTTPConnection) -> Users:
    users: Users = connection.app.state.users
    return users


def get_live(connection: HTTPConnection) -> Live:
    live: Live = connection.app.state.live
    return live


AdminUsers = Annotated[Users, Depends(get_users)]
AdminLive = Annotated[Live, Depends(get_live)]
