"""A database that is away, as a client is told of it."""
from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger

from server.common.database import UNREACHABLE, brief
from server.common.errors import Code, Unavailable


@contextmanager
def reaching_history() -> Iterator[None]:
    """What a driver raises within becomes Unavailable."""
    try:
        yield
    except UNREACHABLE as error:
        logger.warning("The history cannot be reached: {}", brief(error))
        raise Unavailable(
            Code.HISTORY_UNAVAILABLE, "Earlier responses cannot be reached now; try again in a few seconds.") from error
