"""ASGI middleware: what every HTTP answer carries, and how large a body may be. Leaves WebSockets alone."""
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.common.errors import Code, TooLarge
from server.common.filters import http_answer

# The page loads nothing from elsewhere and runs no inline script. `connect-src 'self'` covers its own WebSocket.
# Pictures may come from anywhere, since answers show them; but a picture's address can carry off what was said, so the
# page loads one only when somebody asks for it (static/markdown/picture.js).
CONTENT_SECURITY_POLICY = "; ".join([
    "default-src 'self'",
    "img-src 'self' data: https: http:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
])
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def cross_origin(origins: Collection[str]) -> dict[str, Any]:
    """What Starlette's CORSMiddleware is to let pages of these origins do: all that a client does, cookies included."""
    return {
        "allow_origins": sorted(origins),
        "allow_credentials": True,
        "allow_methods": ["GET", "POST", "PATCH", "DELETE"],
        "allow_headers": ["authorization", "content-type", "idempotency-key", "last-event-id"],
        "expose_headers": ["retry-after"],
        "max_age": 3600,
    }


class SecurityHeaders:
    """Adds the headers that keep a browser from doing what the page does not need."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send if scope["type"] != "http" else send_secured)


class BodyLimit:
    """Refuses a body over `limit` bytes, by its declared length or, undeclared, once so much of it has come.

    `larger` are the limits of paths that have others.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] = MappingProxyType({})) -> None:
        self.app, self.limit, self.larger = app, limit, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], self.limit)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            await http_answer(_too_large(limit))(scope, receive, send)
            return
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, receive_limited, send)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(Code.FRAME_TOO_LARGE, f"The body is over the limit of {limit} bytes; send less.")
