"""What the documents say of all routes alike, put together for the composition root."""
from fastapi import FastAPI

from server.admission.dependencies import get_sockets
from server.auth.dependencies import client_address, current_visit, own_page
from server.auth.guards import account_holder, administrator, current_grant, person
from server.common.errors import Code
from server.reference import router as reference
from server.reference.openapi import Implied
from server.responses import asyncapi
from server.settings import STATIC_DIR

IMPLIED: Implied = {
    current_grant: (
        Code.INVALID_API_KEY, Code.SESSION_ENDED, Code.FORBIDDEN_ORIGIN, Code.INSUFFICIENT_SCOPE,
        Code.ACCOUNTS_UNAVAILABLE),
    account_holder: (Code.ACCOUNT_REQUIRED,),
    administrator: (Code.ADMINISTRATOR_REQUIRED,),
    person: (Code.ACCOUNT_REQUIRED,),
    own_page: (Code.FORBIDDEN_ORIGIN, Code.ACCOUNTS_UNAVAILABLE),
    current_visit: (Code.FORBIDDEN_ORIGIN, Code.ACCOUNTS_UNAVAILABLE),
    client_address: (Code.TOO_MANY_ATTEMPTS,),
    get_sockets: (Code.SERVICE_RESTART,),
}


def install(app: FastAPI) -> None:
    """After all routes are there."""
    reference.install(app, STATIC_DIR, asyncapi.document, IMPLIED, current_grant)
