"""An application under a real uvicorn, in the test's own loop."""
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from server.socket_protocol import SocketProtocol


@asynccontextmanager
async def listening(app: FastAPI, *, ws_max_size: int) -> AsyncIterator[int]:
    """The port on which it listens until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, ws=SocketProtocol, ws_per_message_deflate=False, ws_max_size=ws_max_size,
        log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    try:
        yield listener.getsockname()[1]
    finally:
        server.force_exit = True  # what is still open is the test's own affair
        await server.shutdown([listener])
