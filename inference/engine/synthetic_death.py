"""How a prompt may end the synthetic engine's worker, where PARLEY_SYNTHETIC_MORTAL allows it: for chaos tests.

`[[dies=kill]]` in the last user message ends the process as the kernel does when memory runs out, `[[dies=memory]]`
as Python does, `[[dies=engine]]` as an engine that is dead. With `@5` it does so once five tokens are made, else before
the first. Each attempt dies anew: that is what a poisonous prompt is.
"""
import os
import re
import signal
from dataclasses import dataclass
from typing import Any

from inference.engine.port import EngineDead
from inference.engine.synthetic_text import text_of

_DIRECTIVE = re.compile(r"\[\[dies=(kill|memory|engine)(?:@(\d{1,9}))?\]\]")


@dataclass(frozen=True, slots=True)
class Death:
    """Which one, and after how many tokens, those of earlier attempts included."""

    how: str
    at: int

    def come(self) -> None:
        """Does not return. Raises MemoryError, EngineDead."""
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "memory":
            raise MemoryError("a prompt asked for it")
        raise EngineDead("A prompt asked the synthetic engine to die.")


def death_of(messages: list[dict[str, Any]]) -> Death | None:
    """What the last user message asks for."""
    for message in reversed(messages):
        if message["role"] == "user":
            directive = _DIRECTIVE.search(text_of(message))
            return Death(directive[1], int(directive[2] or 0)) if directive else None
    return None
