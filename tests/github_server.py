"""A small server that speaks as much of GitHub as signing in needs: there is no real one to run on loopback.

Its three endpoints (token, user, e-mail addresses) check what GitHub's documentation says that they check; a code is
good once, and its PKCE verifier must fit. What GitHub really does, only a sign-in there can show.
"""
import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.parley import free_port

CLIENT_ID, CLIENT_SECRET = "parley-at-github", "github's secret"


@dataclass
class GitHub:
    """Whoever comes to `/login/oauth/authorize` is signed in as `user`, with `emails`, unless `denies`."""

    url: str = ""
    user: dict[str, Any] = field(default_factory=lambda: {"id": 42, "login": "octocat", "name": None})
    emails: list[dict[str, Any]] = field(default_factory=list)
    denies: bool = False
    broken: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT_ID
        if self.denies:
            return RedirectResponse(f"{asked['redirect_uri']}?error=access_denied&state={asked['state']}")
        code = secrets.token_hex(10)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    async def token(self, request: Request) -> Response:
        """Errors come with status 200, as at GitHub."""
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(given["code"], None)
        if self.broken:
            return Response(status_code=502)
        if (given["client_id"], given["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "incorrect_client_credentials", "error_description": "…"})
        digest = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest())
        if asked is None or asked["code_challenge"] != digest.rstrip(b"=").decode():
            return JSONResponse({"error": "bad_verification_code", "error_description": "…"})
        token = f"gho_{secrets.token_hex(10)}"
        self.tokens.add(token)
        return JSONResponse({"access_token": token, "scope": "read:user,user:email", "token_type": "bearer"})

    def of_user(self, request: Request) -> Response:
        return self._told(request, self.user)

    def of_emails(self, request: Request) -> Response:
        return self._told(request, self.emails)

    def _told(self, request: Request, what: Any) -> Response:
        known = request.headers["authorization"].removeprefix("Bearer ") in self.tokens
        return JSONResponse(what) if known else JSONResponse({"message": "Bad credentials"}, 401)


@asynccontextmanager
async def github_server(port: int = 0) -> AsyncIterator[GitHub]:
    """Runs in the test's own loop; at a free port, if none is given."""
    github = GitHub()
    app = Starlette(routes=[
        Route("/login/oauth/authorize", github.authorize),
        Route("/login/oauth/access_token", github.token, methods=["POST"]),
        Route("/api/v3/user", github.of_user),
        Route("/api/v3/user/emails", github.of_emails),
    ])
    async with serving(app, port or free_port()) as github.url:
        yield github


@asynccontextmanager
async def serving(app: Starlette, port: int) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task
