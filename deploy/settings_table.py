"""The README's table of settings, out of the settings themselves: `python -m deploy.settings_table` prints it.

Needs the packages of gateway and worker (not their engine), so it is run in the tests' environment.
"""
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from inference.settings import WorkerSettings
from relay.environment import PREFIX
from server.settings import GatewaySettings

Row = tuple[str, str]  # default, meaning
LAUNCHER: dict[str, Row] = {  # what only `make run` reads
    "gateways": ("1", "how many gateways `make run` starts"),
    "workers": ("1", "how many workers it starts"),
}
FIRST = (  # the others follow as they are defined
    "host", "port", "gateways", "workers", "data_dir", "engine", "model", "model_cache", "redis_url", "database_url",
    "bootstrap_api_key", "guests")
SHOWN: dict[str, str] = {"data_dir": "./data", "model_cache": "the user's cache folder", "model": "by hardware"}


def rows() -> dict[str, Row]:
    """All settings by name, without prefix."""
    known = dict(LAUNCHER)
    for kind in (GatewaySettings, WorkerSettings):  # the worker has the last word on the model
        for name, field in kind.model_fields.items():
            known[name] = (SHOWN.get(name) or _shown(field.default), field.description or "")
    return {name: known[name] for name in (*FIRST, *(name for name in known if name not in FIRST))}


def table() -> str:
    """As Markdown."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    for name, (default, meaning) in rows().items():
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {meaning} |")
    return "\n".join(lines)


def _shown(default: Any) -> str:
    return "–" if default in (None, "", PydanticUndefined) or isinstance(default, Path) else str(default)


if __name__ == "__main__":
    print(table())  # noqa: T201 - this is what it is for
