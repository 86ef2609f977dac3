"""Talks to the running supervisord over its unix socket: start a group, see how each process is."""
import http.client
import socket
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANSWER_S = 5.0


class SupervisorAway(Exception):
    """supervisord did not answer: not up yet, busy, or gone."""


@dataclass(frozen=True)
class ProcessState:
    """How supervisord sees one process; `state` is its word: STARTING, RUNNING, BACKOFF, EXITED, FATAL …"""

    name: str
    state: str
    pid: int


class SupervisorClient:
    """Blocking, a few milliseconds a call. Every method may raise SupervisorAway."""

    def __init__(self, path: Path) -> None:
        self._transport = _UnixTransport(path)
        self._server = xmlrpc.client.ServerProxy("http://supervisor", transport=self._transport)

    def start(self, group: str) -> None:
        """Start every process of a group, without waiting for them."""
        self._call("startProcessGroup", group, False)

    def states(self) -> list[ProcessState]:
        return [ProcessState(found["name"], found["statename"], found["pid"])
                for found in self._call("getAllProcessInfo")]

    def answers(self) -> bool:
        try:
            self.states()
        except SupervisorAway:
            return False
        return True

    def _call(self, method: str, *arguments: object) -> Any:
        try:
            return getattr(self._server.supervisor, method)(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise SupervisorAway(str(error)) from error
        finally:
            self._transport.close()


class _UnixTransport(xmlrpc.client.Transport):
    """XML-RPC over a unix socket; the standard library knows only addresses."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        """A connection that `close` ends, made for each call: an old one may belong to a supervisord that is gone."""
        connection = _UnixConnection(self._path)
        self._connection = host, connection
        return connection


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("supervisor", timeout=ANSWER_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
