"""uvicorn around one gateway: its socket, and a stop that first lets clients go and only then closes."""
import asyncio
import errno
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from loguru import logger

from server.admission.sockets import Sockets
from server.settings import GatewaySettings
from server.socket_protocol import SocketProtocol

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
BACKLOG = 2048
PING_INTERVAL_S = 20.0
LOOK_S = 0.1  # how often a drain looks what is left
LAST_S = 1  # for what is left after a drain to be cut off; uvicorn wants a whole number
FRAME_SLACK_BYTES = 64 * 1024  # a message so much over the limit gets an error; beyond it the protocol closes with 1009


class CannotListen(Exception):
    """The message says why, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, made before all else, so that a port in use costs nobody anything. Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(f"PARLEY_HOST {host!r} is not an address of this machine; correct it.") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(_why(host, port, error)) from error
    listener.set_inheritable(False)
    return listener


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use; stop what listens there, or set PARLEY_PORT to another port."
    if error.errno == errno.EACCES:
        return f"Port {port} is not for ordinary users; set PARLEY_PORT to one above 1023."
    return f"The gateway cannot listen on {host}, port {port} ({error.strerror}); set PARLEY_HOST or PARLEY_PORT."


class _RefusedUpgrades(logging.Filter):
    """uvicorn calls every upgrade that was answered with a status an error of the application's; ours answers them all.

    With each socket that comes while a gateway stops, and each without a key, it would be another line.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("ASGI callable returned without completing handshake")


def config(app: FastAPI, settings: GatewaySettings) -> uvicorn.Config:
    """No access log (it would show query strings) and no compression (tokens are small, and time matters more)."""
    logging.getLogger("uvicorn.error").addFilter(_REFUSED)
    return uvicorn.Config(
        app,
        lifespan="on",
        ws=SocketProtocol,
        ws_max_size=settings.max_message_bytes + FRAME_SLACK_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_INTERVAL_S,
        ws_ping_timeout=PING_INTERVAL_S,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # nothing here asks who the peer is
    )


_REFUSED = _RefusedUpgrades()  # one: a logger takes the same filter only once


class GatewayServer(uvicorn.Server):
    """The first signal drains and then ends the process, within `drain_s`; the second ends it at once."""

    def __init__(self, app: FastAPI, settings: GatewaySettings) -> None:
        super().__init__(config(app, settings))
        self.app, self.drain_s = app, settings.drain_s
        self.failed = False
        self._ends_at: float | None = None

    def fail(self) -> None:
        """A part of the gateway is broken: stop, and let the process's exit code say so."""
        self.failed = True
        self.stop()

    def stop(self) -> None:
        """Take no more sockets, from now on; `shutdown` waits for those that are there."""
        if self._ends_at is None:
            self._ends_at = time.monotonic() + self.drain_s
            logger.info("Stopping: sockets go on at another gateway, {:g} s at most", self.drain_s)
            self._sockets.draining.set()
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let every client go by itself first: uvicorn would close sockets in the middle of what is being submitted."""
        self.stop()
        while self.server_state.tasks and self._left_s() > 0:  # meanwhile it listens, to say that it takes nobody
            await asyncio.wait(self.server_state.tasks, timeout=min(LOOK_S, self._left_s()))
        if self.server_state.tasks:
            logger.warning("{} requests and sockets did not end in time", len(self.server_state.tasks))
        self.config.timeout_graceful_shutdown = LAST_S
        await super().shutdown(sockets)

    def _left_s(self) -> float:
        assert self._ends_at is not None  # noqa: S101 - `stop` has set it
        return max(0.0, self._ends_at - time.monotonic())

    @property
    def _sockets(self) -> Sockets:
        sockets: Sockets = self.app.state.sockets
        return sockets

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """In place of uvicorn's, which raises the signal again in the end: the process could not exit with 0."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._first_signal)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)

    def _first_signal(self) -> None:
        for number in STOP_SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, _end_at_once)  # not the loop's: it works though the loop hangs
        self.stop()


def _end_at_once(number: int, _frame: object) -> None:
    os._exit(128 + number)
