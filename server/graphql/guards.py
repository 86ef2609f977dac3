"""Who opens a socket: as at every door by cookie, header or ticket, or by a key in the payload of `connection_init`."""
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from server.admission.sockets import Place
from server.auth.guards import current_grant, get_authenticator
from server.auth.schemas import Grant
from server.common.errors import Code, NotAllowed

PAYLOAD_NAMES = ("authorization", "Authorization")


class SocketEntry:
    """Called with that payload. A browser cannot set headers of a WebSocket, so a page of another origin sends its key
    in there; who is let in by what the upgrade says needs none. One of `grant` and `refused` is there.
    """

    def __init__(self, connection: HTTPConnection, grant: Grant | None, refused: NotAllowed | None) -> None:
        self.connection, self.grant, self.refused = connection, grant, refused
        self.place: Place | None = None  # where whoever enters has one

    def into(self, place: Place) -> "SocketEntry":
        self.place = place
        return self

    async def __call__(self, payload: dict[str, Any]) -> Grant:
        """For once. Raises NotAllowed, Unavailable."""
        grant = await self._enter(payload)
        if self.place is not None:
            self.place.turns_out(grant.user.id)
        return grant

    async def _enter(self, payload: dict[str, Any]) -> Grant:
        key = next((payload[name] for name in PAYLOAD_NAMES if name in payload), None)
        if key is not None:
            if not isinstance(key, str) or not key:
                raise NotAllowed(Code.INVALID_API_KEY, "`authorization` in the payload must be `Bearer KEY`.")
            return await self._by_key(key)
        if self.grant is None:
            assert self.refused is not None  # noqa: S101 - see above
            raise self.refused
        self.grant.check()
        return self.grant

    async def _by_key(self, key: str) -> Grant:
        """As if it had come as the header, and nothing else with it: a page needs no right to the cookies then."""
        scope = {**self.connection.scope, "headers": [(b"authorization", key.encode())], "subprotocols": []}
        connection = HTTPConnection(scope)
        return await current_grant(connection, get_authenticator(connection))


async def socket_entry(websocket: WebSocket) -> SocketEntry:
    """Raises NotAllowed for a wrong key in the upgrade's headers, Unavailable."""
    try:
        return SocketEntry(websocket, await current_grant(websocket, get_authenticator(websocket)), None)
    except NotAllowed as error:
        if "authorization" in websocket.headers:
            raise
        return SocketEntry(websocket, None, error)


Entry = Annotated[SocketEntry, Depends(socket_entry)]
