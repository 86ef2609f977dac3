"""How the tests of accounts talk to a gateway: a browser with its cookies, and what is in the letters."""
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.parley import Parley

PASSWORD = "correct horse battery"


class Browser:
    """One browser at one gateway. `client` is httpx's, with its cookies."""

    def __init__(self, parley: Parley, gateway: int = 0, agent: str = "a test") -> None:
        self.parley, self.gateway = parley, gateway
        address = f"{parley.urls[gateway]}/v1"
        self.client = httpx.AsyncClient(base_url=address, timeout=20, headers={"User-Agent": agent})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def open_page(self) -> None:
        """As a visitor: a guest's cookie comes with the page."""
        await self.client.get(f"{self.parley.urls[self.gateway]}/")

    async def register(self, email: str, password: str = PASSWORD, **fields: Any) -> None:
        answer = await self.client.post("/auth/register", json={"email": email, "password": password, **fields})
        assert (answer.status_code, answer.json()) == (202, {"status": "accepted"}), answer.text

    async def sign_in(self, email: str, password: str = PASSWORD) -> None:
        answer = await self.client.post("/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 204, answer.text

    async def enter(self, email: str) -> dict[str, Any]:
        """Register, sign in, and say who one is."""
        await self.register(email)
        await self.sign_in(email)
        return await self.get("/account")

    async def get(self, path: str) -> dict[str, Any]:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refusal(self, method: str, path: str, **arguments: Any) -> tuple[int, str]:
        """Status and code."""
        answer = await self.client.request(method, path, **arguments)
        return answer.status_code, answer.json()["error"]["code"]

    async def key(self, *scopes: str, **fields: Any) -> dict[str, Any]:
        body = {"name": "a test's", **({"scopes": scopes} if scopes else {}), **fields}
        answer = await self.client.post("/keys", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    @property
    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)

    @asynccontextmanager
    async def socket(
            self, gateway: int = 0, origin: str | None = None, protocols: list[str] | None = None, bearer: str = "",
    ) -> AsyncIterator[ClientConnection]:
        """A WebSocket of `/v1/responses`, with this browser's cookies unless `protocols` or `bearer` say who it is."""
        sent = {"Authorization": f"Bearer {bearer}"} if bearer else {} if protocols else {"Cookie": self.cookie}
        async with connect(
                f"{self.parley.ws_urls[gateway]}/v1/responses", additional_headers=sent, origin=origin,  # type: ignore[arg-type]
                subprotocols=[Subprotocol(one) for one in protocols] if protocols else None) as socket:
            yield socket


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason that the gateway closes a socket with."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


def token_in_letter(parley: Parley, email: str, view: str) -> str:
    """Of the last letter to this address, out of the gateways' logs."""
    found: list[str] = re.findall(rf"To {re.escape(email)}: .*?#{view}=(\S+)", parley.logs(), re.DOTALL)
    return found[-1]
