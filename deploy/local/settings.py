"""What `make run` itself must know out of the `PARLEY_*` settings; gateway and worker check the rest themselves."""
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import Refusal

MOST_PROCESSES = 64
MOST_DRAIN_S = 3600.0
HIGHEST_PORT = 65_535
ENGINES = ("vllm", "remote", "synthetic")
UNSPECIFIED_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a browser opens when Parley listens on all


@dataclass(frozen=True)
class LaunchSettings:
    """Which processes run, where, and how long a stop may take."""

    host: str = "127.0.0.1"
    port: int = 8000
    gateways: int = 1
    workers: int = 1
    data: Path = Path("data")
    engine: str = "vllm"
    redis_url: str = ""
    drain_s: float = 30.0

    @property
    def ports(self) -> list[int]:
        """Gateway n listens on port + n − 1."""
        return [self.port + n for n in range(self.gateways)]

    @property
    def reachable_host(self) -> str:
        """The address at which this machine reaches its own gateways."""
        return UNSPECIFIED_HOSTS.get(self.host, self.host)

    def address(self, port: int) -> str:
        """Where a person on this machine opens that gateway."""
        host = self.reachable_host
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def read_settings(environment: Mapping[str, str] = os.environ) -> LaunchSettings:
    """Read the settings; an empty variable counts as not set. Raises Refusal for the first that makes no sense."""
    default = LaunchSettings()
    settings = LaunchSettings(
        host=_text(environment, "PARLEY_HOST", default.host).strip("[]"),
        port=_whole(environment, "PARLEY_PORT", default.port, 1, HIGHEST_PORT),
        gateways=_whole(environment, "PARLEY_GATEWAYS", default.gateways, 1, MOST_PROCESSES),
        workers=_whole(environment, "PARLEY_WORKERS", default.workers, 1, MOST_PROCESSES),
        data=Path(_text(environment, "PARLEY_DATA_DIR", str(default.data))).expanduser().absolute(),
        engine=_text(environment, "PARLEY_ENGINE", default.engine),
        redis_url=_text(environment, "PARLEY_REDIS_URL", default.redis_url),
        drain_s=_drain(environment, default.drain_s),
    )
    if settings.engine not in ENGINES:
        raise Refusal(f"PARLEY_ENGINE must be one of {', '.join(ENGINES)}, not {settings.engine!r}.")
    if settings.ports[-1] > HIGHEST_PORT:
        raise Refusal(f"{settings.gateways} gateways from PARLEY_PORT {settings.port} on would need ports beyond "
                      f"{HIGHEST_PORT}; choose a lower port.")
    return settings


def _text(environment: Mapping[str, str], name: str, default: str) -> str:
    return environment.get(name, "").strip() or default


def _whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = _text(environment, name, str(default))
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Refusal(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return value


def _drain(environment: Mapping[str, str], default: float) -> float:
    text = _text(environment, "PARLEY_DRAIN_S", str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= MOST_DRAIN_S:
        raise Refusal(f"PARLEY_DRAIN_S must be a number of seconds from 0 to {MOST_DRAIN_S:.0f}, not {text!r}.")
    return value
