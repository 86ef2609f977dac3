"""One client process: an order on each line of its standard input, lines about it on its standard output.

    python -m tests.load.client

After the line that its sockets are standing it waits for an empty line, so that all processes begin together.
"""
import asyncio
import gc
import resource
import sys
from collections.abc import Callable
from typing import TextIO

import msgspec
import uvloop

from tests.load.drive import Drive
from tests.load.measured import Line
from tests.load.phase import Order

SAY_S = 0.5
LIMIT_BYTES = 1 << 20


def raise_file_limit() -> None:
    """As many sockets as the machine lets an ordinary user have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def serve(lines: asyncio.StreamReader, output: TextIO) -> None:
    """Until the parent has gone."""
    def say(line: Line) -> None:
        output.write(msgspec.json.encode(line).decode() + "\n")
        output.flush()

    async def standing() -> None:
        say(Line(standing=True))
        await lines.readline()

    while order := await lines.readline():
        drive = Drive(msgspec.json.decode(order, type=Order), standing)
        telling = asyncio.create_task(_tell(drive, say))
        try:
            gc.collect()
            gc.freeze()
            await drive.run()
        finally:
            telling.cancel()
        say(Line(measured=drive.tally.measured()))


async def _tell(drive: Drive, say: Callable[[Line], None]) -> None:
    while True:
        say(Line(said=drive.tally.said()))
        await asyncio.sleep(SAY_S)


async def main() -> None:
    raise_file_limit()
    lines = asyncio.StreamReader(limit=LIMIT_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await serve(lines, sys.stdout)


if __name__ == "__main__":
    uvloop.run(main())
