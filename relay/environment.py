"""The settings that gateway and worker share, read from `PARLEY_*`, and how a bad one is reported.

Both processes subclass `SharedSettings`; what only one of them needs is defined there, and nothing twice.
"""
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from relay.settings import RelaySettings

PREFIX = "PARLEY_"
BAD_SETTINGS = 2  # exit code
MAX_SOCKET_PATH_BYTES = 107  # sockaddr_un, with its ending zero
WORDS = {"missing": "it must be set", "extra_forbidden": "there is no such setting"}
SECRET_ENDINGS = ("key", "url", "secret", "password", "token", "sso")  # values of settings so named are never printed

Settings = TypeVar("Settings", bound=BaseSettings)


class SharedSettings(BaseSettings):
    """What a gateway and a worker must agree on. Times in seconds; an empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    data_dir: Path = Field(Path("./data"), description="database, Redis files, logs; pid files in `run/`")
    redis_url: str = Field(
        "", description="`redis://…`, `rediss://…` or `unix://…` to use this Redis; unset: the embedded one", repr=False
    )
    deadline_s: Annotated[float, Field(ge=0.2, le=60)] = Field(
        1.5, description="after this silence a worker may be taken back")
    max_crashes: Annotated[int, Field(ge=1, le=100)] = Field(3, description="crashes after which a job is given up")
    max_waiting: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        1000, description="responses that may wait, for each model")
    max_in_flight: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        256, description="responses waiting or running, for each user")
    max_queue_s: Annotated[float, Field(gt=0, le=86_400)] = Field(
        300, description="how long a response may wait before it fails with `queue_timeout`")
    drain_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        30, description="how long a stop waits for what is under way")
    compiled: bool = Field(
        True, description="whether compiled code is made and used; False: the sources as they are, for a debugger")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        path = value.expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise ValueError("it is a file, and must be a folder")
        return path

    @field_validator("redis_url")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("it must begin with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _socket_fits(self) -> "SharedSettings":
        if not self.redis_url and len(str(self.redis_socket).encode()) > MAX_SOCKET_PATH_BYTES:
            raise ValueError(
                f"{PREFIX}DATA_DIR is too deep a folder for the Redis socket in it "
                f"({MAX_SOCKET_PATH_BYTES} bytes at most); choose a shorter one, or set {PREFIX}REDIS_URL"
            )
        return self

    @property
    def run_dir(self) -> Path:
        """Where pid files, the embedded Redis's socket and `startup.json` lie."""
        return self.data_dir / "run"

    @property
    def redis_socket(self) -> Path:
        """The embedded Redis's socket."""
        return self.run_dir / "redis.sock"

    @property
    def redis(self) -> str:
        """The address of Redis: what was set, else the embedded one."""
        return self.redis_url or f"unix://{self.redis_socket}"

    def relay(self) -> RelaySettings:
        """What `GatewayRelay` and `WorkerRelay` are made with."""
        return RelaySettings(
            url=self.redis, deadline_s=self.deadline_s, max_crashes=self.max_crashes, max_waiting=self.max_waiting,
            max_in_flight=self.max_in_flight, max_queue_s=self.max_queue_s)


def load_settings(kind: type[Settings]) -> Settings:
    """Read settings from the environment; if any makes no sense, say so on stderr, a sentence each, and exit with 2."""
    try:
        return kind()
    except ValidationError as error:
        refuse(sentences(error))


def refuse(reasons: list[str]) -> NoReturn:
    """End the process because of its settings."""
    for reason in reasons:
        print(reason, file=sys.stderr)  # noqa: T201 - settings are read before there is a log
    raise SystemExit(BAD_SETTINGS)


def sentences(error: ValidationError) -> list[str]:
    """One sentence for each setting that makes no sense."""
    return [_sentence(dict(one)) for one in error.errors(include_url=False)]


def _sentence(error: dict[str, Any]) -> str:
    problem = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if error["type"] in WORDS:
        problem = WORDS[error["type"]]
    elif error["type"] != "value_error":
        problem = f"it must be {problem.partition(', unable')[0]}"
    if not error["loc"]:
        return f"{problem.removeprefix('it must be ')}."
    name = "__".join(str(part) for part in error["loc"] if part != "[key]")  # a setting of several variables, one each
    secret = name.endswith(SECRET_ENDINGS) or not isinstance(error["input"], str | int | float)
    shown = "" if secret else f" {str(error['input'])!r}"
    return f"{PREFIX}{name.upper()}{shown} is not usable: {problem}."
