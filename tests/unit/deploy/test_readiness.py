"""What the launcher takes from a gateway's answers, told by a tiny server."""
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deploy.local.readiness import Answer, ask


@contextmanager
def gateway(ready: int, status: bytes | None) -> Iterator[int]:
    """Answers on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"{}" if self.path == "/health/ready" else status or b""
            self.send_response(ready if self.path == "/health/ready" else 404 if status is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


LOADING = {"model": "m", "workers": [{"state": "ready", "message": "x"},
                                     {"state": "loading", "message": "loading weights", "progress": 0.5}],
           "missing": [{"part": "worker", "message": "No worker."}]}


@pytest.mark.parametrize(("ready", "status", "answer"), [
    (503, LOADING, Answer(True, False, "m", "loading weights", 0.5, "No worker.")),
    (503, {"missing": [{"part": "database", "message": "No database."}]}, Answer(True, False, missing="No database.")),
    (200, {"model": "m", "workers": [], "missing": []}, Answer(True, True, "m")),
    (200, [], Answer(True, True)),
    (200, None, Answer(True, True)),
])
def test_what_a_gateway_says(ready: int, status: object, answer: Answer) -> None:
    with gateway(ready, None if status is None else json.dumps(status).encode()) as port:
        assert ask("127.0.0.1", port) == answer


def test_no_gateway_is_not_ready() -> None:
    with gateway(200, None) as port:
        pass
    assert ask("127.0.0.1", port) == Answer()
