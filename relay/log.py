"""One log for our own lines and the libraries': loguru, to stderr, a line each, without the values of variables."""
import logging
import sys

from loguru import logger

FORMAT = "{time:YYYY-MM-DD HH:mm:ss.SSS} {level: <7} {extra[process]} {message}"


class _ToLoguru(logging.Handler):
    """Hands what a library logs to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(exception=record.exc_info).log(record.levelname, "{}: {}", record.name, record.getMessage())


def configure(process: str) -> None:
    """Log from now on; every line names the process.

    Libraries are heard from WARNING on: uvicorn's INFO lines hold the query strings of WebSocket upgrades, which are
    nobody's business.
    """
    logger.remove()
    logger.configure(extra={"process": process})
    logger.add(sys.stderr, format=FORMAT, level="INFO", backtrace=False, diagnose=False)
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.WARNING, force=True)
