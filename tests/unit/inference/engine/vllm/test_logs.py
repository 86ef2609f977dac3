"""Lines of other processes reach the front-end; none may block or break whoever logs."""
import logging
from collections.abc import Iterator

import pytest

from inference.engine.vllm.logs import LogSocket, ToFrontEnd


@pytest.fixture
def log() -> Iterator[LogSocket]:
    log = LogSocket()
    yield log
    log.close()


def record(text: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("vllm.core", level, __file__, 1, text, (), None)


def drained(log: LogSocket) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    log.drain(lambda level, text: lines.append((level, text)))
    return lines


def test_lines_arrive_in_order_with_their_level(log: LogSocket) -> None:
    handler = ToFrontEnd()
    handler.emit(record("loading"))
    handler.emit(record("broken: ö", logging.ERROR))

    assert drained(log) == [(logging.INFO, "loading"), (logging.ERROR, "broken: ö")]
    assert drained(log) == []
    handler.close()


def test_of_a_very_long_line_both_ends_arrive(log: LogSocket) -> None:
    handler = ToFrontEnd()
    handler.emit(record("a" * 200_000 + "the cause"))

    ((_, text),) = drained(log)
    assert text.startswith("aaa")
    assert text.endswith("the cause")
    assert len(text) < 20_000
    handler.close()


def test_a_full_or_closed_socket_does_not_hold_up_who_logs(log: LogSocket) -> None:
    handler = ToFrontEnd()
    for _ in range(5000):
        handler.emit(record("x" * 1000))
    log.close()
    handler.emit(record("nobody hears this"))
    handler.close()
