"""`python -m server --name gateway-1 --port 8000`: one gateway, until a signal stops it.

Exit codes: 0 stopped in order; 1 a part has failed; 2 a setting, or a Redis, that cannot be used (starting again would
change nothing); 3 the port or the name is taken.
"""
import argparse
import asyncio
import re
import socket
import sys
from collections.abc import Sequence

from loguru import logger

from relay import compiled
from relay.collector import collect_seldom
from relay.environment import load_settings, refuse
from relay.errors import RedisUnfit, RelayAway
from relay.link import check
from relay.log import configure
from relay.pid_file import AlreadyRuns, pid_file
from server.app import create_app
from server.serving import CannotListen, GatewayServer, listen
from server.settings import GatewaySettings

FAILED, TAKEN = 1, 3
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # it is part of a path and of keys


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m server", description="One gateway of Parley.")
    parser.add_argument("--name", default="gateway-1", help="unique among the installation's gateways")
    parser.add_argument("--port", type=int, help="in place of PARLEY_PORT")
    given = parser.parse_args(arguments)
    if not NAME.fullmatch(given.name):
        refuse([f"--name {given.name!r} is not usable: it must be 1 to 64 of A-Z, a-z, 0-9, '_', '.' and '-'."])
    settings = load_settings(GatewaySettings)
    configure(given.name)
    try:
        with (
            pid_file(settings.run_dir / f"{given.name}.pid"),
            listen(settings.host, given.port or settings.port) as listener,
        ):
            return run(settings, given.name, listener)
    except (AlreadyRuns, CannotListen) as error:
        return _give_up(str(error), TAKEN)
    except OSError as error:
        refuse([f"The data folder cannot be used ({error.strerror}): make room in it, or set PARLEY_DATA_DIR."])


def run(settings: GatewaySettings, name: str, listener: socket.socket) -> int:
    """Serve until a signal or a failure. Returns the exit code."""
    with asyncio.Runner(loop_factory=_loop) as runner:
        try:
            runner.run(check(settings.relay()))
        except RedisUnfit as unfit:
            refuse([unfit.message])
        except RelayAway:
            logger.warning("Redis cannot be reached yet; the gateway starts without it and goes on trying")
        server: GatewayServer
        app = create_app(settings, name, lambda: server.fail())
        server = GatewayServer(app, settings)
        collect_seldom()
        logger.info("Listening on {}:{}, running {}", *listener.getsockname()[:2], compiled.in_words())
        runner.run(server.serve([listener]))
    return FAILED if server.failed else 0


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


def _give_up(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - the last word, for whoever has started this
    return code
