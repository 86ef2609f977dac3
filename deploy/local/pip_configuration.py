"""Where this machine's pip was told to look for packages, so that uv looks there too: uv does not read pip's settings.

Nothing of it is written down anywhere: a mirror's address is the machine's business.
"""
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

ANSWER_S = 20


@dataclass(frozen=True)
class PipConfiguration:
    """Folders or pages with wheels, and the index that stands in for the ordinary one."""

    find_links: tuple[str, ...] = ()
    index_url: str = ""

    def uv_environment(self, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
        """uv's variables for the same; what the person set for uv itself stays."""
        if not self.index_url or "UV_DEFAULT_INDEX" in environment or "UV_INDEX_URL" in environment:
            return {}
        return {"UV_DEFAULT_INDEX": self.index_url}


def read_pip_configuration(environment: Mapping[str, str] = os.environ) -> PipConfiguration:
    """Ask pip, if this Python has one, and the variables that pip would read."""
    links = environment.get("PIP_FIND_LINKS") or _ask_pip("find-links")
    return PipConfiguration(tuple(links.split()), environment.get("PIP_INDEX_URL") or _ask_pip("index-url"))


def _ask_pip(name: str) -> str:
    for section in ("install", "global"):
        try:
            answer = subprocess.run(  # noqa: S603 - fixed words
                [sys.executable, "-m", "pip", "config", "get", f"{section}.{name}"],
                capture_output=True, text=True, timeout=ANSWER_S, check=False)
        except (OSError, subprocess.SubprocessError):
            return ""
        if answer.returncode == 0:
            return answer.stdout.strip()
    return ""
