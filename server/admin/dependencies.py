"""What an administrator works with, as routes get it."""
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.admin.service import Users


def get_users(connection: HTTPConnection) -> Users:
    users: Users = connection.app.state.users
    return users


AdminUsers = Annotated[Users, Depends(get_users)]
