"""Who may enter, and as whom: bearers of a key, and guests where they are let in. Knows nothing of HTTP's objects."""
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from server.auth.schemas import Credentials, User
from server.common.errors import Code, NotAllowed

ADMIN = User("admin", admin=True)
COMMON_GUEST = User("guest")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
DIGEST_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Authenticator:
    """`local_names_only`: guests must have come to a loopback name, which keeps out a page of another host whose
    name was made to point here (DNS rebinding).
    """

    bootstrap_key: str | None = None
    admits_guests: bool = True
    local_names_only: bool = False

    def identify(self, credentials: Credentials) -> User:
        """Raises NotAllowed with `invalid_api_key` or `forbidden_origin`."""
        if credentials.authorization:
            return self._bearer(credentials.authorization)
        if not self.admits_guests:
            raise NotAllowed(Code.INVALID_API_KEY, "An API key is needed: send it as `Authorization: Bearer KEY`.")
        self._refuse_foreign(credentials)
        if credentials.guest_cookie:
            return User(f"guest_{_digest(credentials.guest_cookie)}")
        return COMMON_GUEST

    def _bearer(self, authorization: str) -> User:
        scheme, _, key = authorization.partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise NotAllowed(Code.INVALID_API_KEY, "The Authorization header must be `Bearer KEY`.")
        if self.bootstrap_key is None:
            return User(f"key_{_digest(key)}")
        if not hmac.compare_digest(key.encode(), self.bootstrap_key.encode()):
            raise NotAllowed(Code.INVALID_API_KEY, "This API key is not known here.")
        return ADMIN

    def _refuse_foreign(self, credentials: Credentials) -> None:
        """Browsers send a guest's cookie also with what another site's page asks for, but tell that page's origin."""
        if credentials.origin and credentials.origin.partition("://")[2].lower() != credentials.host.lower():
            raise NotAllowed(Code.FORBIDDEN_ORIGIN, "Pages of other origins need an API key to talk to this server.")
        if self.local_names_only and not _is_local(credentials.host):
            raise NotAllowed(
                Code.FORBIDDEN_ORIGIN, "Guests reach this server as localhost only; under another name use an API key.")


def new_guest_cookie() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(24)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:DIGEST_LENGTH]


def _is_local(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in LOOPBACK_NAMES or name.endswith(".localhost")
