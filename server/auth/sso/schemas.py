"""What a provider says of somebody, and what is remembered between going there and coming back."""
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, Field, HttpUrl, SecretStr, field_validator

KNOWN = {  # title and issuer of what needs neither set
    "google": ("Google", "https://accounts.google.com"),
    "microsoft": ("Microsoft", "https://login.microsoftonline.com/common/v2.0"),
    "github": ("GitHub", ""),
}


class SsoSettings(BaseModel, frozen=True, extra="forbid"):
    """One provider: `PARLEY_SSO__NAME__CLIENT_ID` and so on. `google`, `github` and `microsoft` know the rest."""

    client_id: str = Field(min_length=1, description="as the provider gave it")
    client_secret: SecretStr = Field(min_length=1, description="as the provider gave it")
    issuer: str = Field("", description="where it is; what begins there with `/.well-known/` says the rest")
    title: str = Field("", max_length=60, description="what its button says")
    kind: Literal["oidc", "github"] | None = Field(None, description="what it speaks")
    scopes: str = Field("", description="what is asked of it, with spaces between")
    trust_email: bool = Field(False, description="whether all its addresses count as verified")

    @field_validator("issuer")
    @classmethod
    def _safe(cls, value: str) -> str:
        """What comes over an open connection could be anybody's, unless it is this machine's."""
        if not value:
            return value
        url = HttpUrl(value)
        if url.scheme != "https" and (url.host or "") not in ("localhost", "127.0.0.1", "[::1]"):
            raise ValueError("it must begin with https://")
        return value.rstrip("/").removesuffix("/.well-known/openid-configuration")


class ProviderRead(BaseModel):
    """A button: what it says, and where it leads."""

    id: str
    title: str
    url: str


class ProviderList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ProviderRead]


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as a provider knows them; `subject` is theirs for ever, an address need not be."""

    provider: str
    subject: str
    email: str
    email_verified: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """An account, as far as identities go."""

    id: str
    is_active: bool
    is_verified: bool


class LinkedIdentity(BaseModel):
    """A way to sign in that an account has beside its password."""

    id: str
    object: Literal["identity"] = "identity"
    provider: str
    email: str


class LinkedIdentityList(BaseModel):
    object: Literal["list"] = "list"
    data: list[LinkedIdentity]


class LinkBegun(BaseModel):
    """Where the page is to go, so that the provider can be linked."""

    url: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to a provider and back. `link_to`: the account that it is to be linked to; empty for a sign-in."""

    provider: str
    redirect_uri: str
    next: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    link_to: str = ""
