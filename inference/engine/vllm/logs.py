"""Brings the log lines of vLLM's processes to the front-end, which tells progress from them and keeps the serious ones.

vLLM's processes would each write to the terminal in a format of their own. Here each line travels as one datagram over
a Unix socket in a private folder; a line that finds the socket full or gone is dropped, since no log is worth a pause.
"""
import json
import logging
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

CONFIGURATION = Path(__file__).with_name("logging.json")
_ADDRESS = "PARLEY_VLLM_LOG_SOCKET"
_MAX_CHARACTERS = 16_000
_MAX_BYTES = 128_000

Line = Callable[[int, str], None]  # (level as in `logging`, text)


class ToFrontEnd(logging.Handler):
    """Sends records to the socket that the environment names. vLLM makes it in every process, from `logging.json`."""

    def __init__(self) -> None:
        super().__init__()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._address = os.environ.get(_ADDRESS, "")

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if len(text) > _MAX_CHARACTERS:
            text = f"{text[: _MAX_CHARACTERS // 2]}\n…\n{text[-_MAX_CHARACTERS // 2 :]}"
        try:
            self._socket.sendto(json.dumps([record.levelno, text]).encode(), self._address)
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()
        super().close()


class LogSocket:
    """The front-end's end. Closing it removes the folder."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="parley-vllm-")
        address = str(Path(self._folder.name) / "log")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(address)
        os.environ[_ADDRESS] = address

    def fileno(self) -> int:
        return self._socket.fileno()

    def drain(self, line: Line) -> None:
        """Hand all lines that are there to `line`."""
        while True:
            try:
                data = self._socket.recv(_MAX_BYTES)
            except OSError:
                return
            level, text = json.loads(data)
            line(level, text)

    def close(self) -> None:
        self._socket.close()
        self._folder.cleanup()
