"""One log: the libraries' lines come out as ours do, and no values with a traceback."""
import logging

import pytest
from loguru import logger

from relay.log import configure


def test_libraries_are_heard_from_warning_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure("gateway-7")
    logging.getLogger("uvicorn.error").info("WebSocket /v1/responses?ticket=secret")
    logging.getLogger("uvicorn.error").warning("something %s", "odd")
    logger.info("ours")
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("WARNING gateway-7 uvicorn.error: something odd")
    assert second.endswith("INFO    gateway-7 ours")


def test_tracebacks_show_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure("gateway-7")
    password = "hunter" + "2"
    try:
        int(password * 0 or "x")
    except ValueError:
        logger.exception("failed")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "hunter2" not in said
