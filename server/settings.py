"""The gateway's own settings, each documented once, here; `relay.environment` has those that a worker shares."""
import ipaddress
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from relay.environment import PREFIX, SharedSettings
from server.auth.sso.schemas import KNOWN, SsoSettings
from server.providers.mail.message import is_address
from server.providers.mail.server_address import SmtpServer

STATIC_DIR = Path(__file__).parent.parent / "static"
CLIENT_DIR = Path(__file__).parent.parent / "clients" / "js" / "src"
DATABASE_SCHEMES = ("sqlite+aiosqlite://", "postgresql+asyncpg://")
MIN_KEY_LENGTH = 8
ORIGIN = re.compile(r"https?://[^/,@\s?#]+", re.IGNORECASE)
ProviderId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]  # it is part of addresses


class GatewaySettings(SharedSettings):
    """What only the gateway needs. Times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_nested_delimiter="__")

    host: str = Field("127.0.0.1", description="the address that the gateways listen on")
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(
        8000, description="the first gateway's port; gateway n listens on port + n - 1")
    database_url: str = Field(
        "", description="`postgresql://…` to use this database; unset: SQLite in the data folder", repr=False)
    model: str = Field("", description="the model that a request gets which names none; unset: what the workers serve")
    guests: bool | None = Field(
        None, description="whether people may chat without a key; unset: yes if the host is a loopback address")
    bootstrap_api_key: SecretStr | None = Field(
        None, description="if set, an API key with this value exists for an administrator")
    sso: Annotated[dict[ProviderId, SsoSettings], NoDecode] = Field(
        default_factory=dict, description="providers to sign in at, a variable for each of their values, such as "
                                          "`PARLEY_SSO__GOOGLE__CLIENT_ID`: see docs/operating.md", repr=False)
    registration: bool = Field(
        True, description="whether people may make accounts; False: nobody but the first, and at no provider")
    verified_only: bool = Field(
        False, description="whether one can sign in only once the e-mail address is verified; it needs a mail server")
    allowed_origins: str = Field(
        "", description="origins beside our own whose pages may use people's cookies: exact, separated by commas")
    attempts_per_account: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        10, description="how often a minute one may try to sign in to, register, or ask letters for, one account")
    attempts_per_address: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        60, description="how often a minute one may try it from one address, whatever the account")
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = Field(
        0, description="how many proxies of one's own stand before a gateway and add to X-Forwarded-For")
    max_sockets: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        10_000, description="WebSockets open at one gateway")
    max_message_bytes: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = Field(
        1024 * 1024, description="size of one WebSocket message or HTTP body from a client")
    max_input_bytes: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = Field(
        1024 * 1024, description="all that one response is given, what came before it included")

    detach_s: Annotated[float, Field(ge=0, le=86_400)] = Field(
        60, description="how long an answer with `store: false` goes on with nobody watching; 0: to its end")

    frame_gap_s: Annotated[float, Field(ge=0, le=1)] = Field(
        0.016, description="tokens of a response that come sooner after its last frame go out together, within this "
                           "time; 0: each at once")

    public_url: str = Field(
        "", description="where people reach this installation, such as `https://chat.example.org`: links in letters "
                        "lead there; unset: `http://` with host and port")
    smtp_url: str = Field(
        "", description="the mail server: `smtp://user:password@host:587` (STARTTLS), `smtps://…` or, without "
                        "encryption, `smtp+plain://…`; unset: letters go to the log", repr=False)
    max_import_bytes: Annotated[int, Field(ge=1024, le=1024 * 1024 * 1024)] = Field(
        16 * 1024 * 1024, description="size of a conversation that is brought in")
    titles: bool = Field(
        True, description="whether the model, when it is idle, gives conversations a better title than their question")
    mail_from: str = Field("Parley <parley@localhost>", description="in whose name letters are sent")
    graphql_introspection: bool | None = Field(
        None, description="whether `/graphql` tells its schema; unset: yes if the host is a loopback address")

    @field_validator("host")
    @classmethod
    def _one_host(cls, value: str) -> str:
        if not value.strip() or any(character in value for character in "/ @"):
            raise ValueError("it must be a host name or an address, without scheme and port")
        return value

    @field_validator("bootstrap_api_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_KEY_LENGTH:
            raise ValueError(f"it must have at least {MIN_KEY_LENGTH} characters")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _exact_origins(cls, value: str) -> str:
        for origin in filter(None, map(str.strip, value.split(","))):
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin such as https://app.example.org")
        return value

    @field_validator("database_url")
    @classmethod
    def _with_driver(cls, value: str) -> str:
        """Addresses are given as everywhere else; the asynchronous driver is our own matter."""
        if not value:
            return value
        scheme, _, rest = value.partition("://")
        if scheme in ("postgresql", "postgres"):
            return f"postgresql+asyncpg://{rest}"
        if scheme == "sqlite":
            return f"sqlite+aiosqlite://{rest}"
        if not value.startswith(DATABASE_SCHEMES):
            raise ValueError("it must begin with postgresql:// or sqlite:///")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")
                      or parts.query or parts.fragment or parts.username):
            raise ValueError("it must be http:// or https:// with a name and nothing behind it")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str) -> str:
        if value:
            SmtpServer.parse(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not is_address(value):
            raise ValueError("it must be an e-mail address, or a name and one, as in `Parley <parley@example.org>`")
        return value

    @field_validator("sso")
    @classmethod
    def _with_issuers(cls, value: dict[str, SsoSettings]) -> dict[str, SsoSettings]:
        for name, provider in value.items():
            if not provider.issuer and name not in KNOWN:
                raise ValueError(f"{PREFIX}SSO__{name.upper()}__ISSUER is not set, so nobody knows where {name!r} is")
        return value

    @model_validator(mode="after")
    def _providers_lead_back(self) -> "GatewaySettings":
        if self.sso and not self.public_url and not self.is_local:
            raise ValueError(
                f"{PREFIX}SSO names a provider, so set {PREFIX}PUBLIC_URL too: providers must send browsers back to "
                "where people reach this installation")
        return self

    @model_validator(mode="after")
    def _letters_lead_somewhere(self) -> "GatewaySettings":
        if self.smtp_url and not self.public_url and not self.is_local:
            raise ValueError(
                f"{PREFIX}SMTP_URL is set, so set {PREFIX}PUBLIC_URL too: links in letters must lead to where people "
                "reach this installation")
        return self

    @model_validator(mode="after")
    def _someone_may_enter(self) -> "GatewaySettings":
        if self.guests is None and not self.is_local and self.bootstrap_api_key is None:
            raise ValueError(
                f"{PREFIX}HOST {self.host!r} can be reached from other machines, so say who may enter: "
                f"set {PREFIX}BOOTSTRAP_API_KEY, {PREFIX}GUESTS=true to let everybody in, or false for accounts only")
        return self

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the gateway."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def origins(self) -> frozenset[str]:
        """Those allowed, in lower case."""
        return frozenset(filter(None, (origin.strip().lower() for origin in self.allowed_origins.split(","))))

    @property
    def admits_guests(self) -> bool:
        return self.is_local if self.guests is None else self.guests

    @property
    def address(self) -> str:
        """Where people reach this installation; no slash at its end."""
        host = f"[{self.host}]" if ":" in self.host and "[" not in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def allows_introspection(self) -> bool:
        return self.is_local if self.graphql_introspection is None else self.graphql_introspection

    @property
    def database(self) -> str:
        """SQLAlchemy's address of the database: what was set, else SQLite in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'parley.db'}"
