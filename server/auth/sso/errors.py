"""Why a way to a provider led nowhere: each with a code of `server.common.errors`, and what to do."""
import re

from server.common.errors import ApiError, BadRequest, Code, NotAllowed, Unavailable

WORD = re.compile(r"[a-z][a-z0-9_]{0,59}")
AWAY = ("temporarily_unavailable", "server_error")


def denied(title: str) -> ApiError:
    return NotAllowed(Code.SSO_DENIED, f"You did not let {title} tell who you are. To sign in, begin again.")


def mismatch() -> ApiError:
    return BadRequest(
        Code.SSO_STATE_MISMATCH,
        "This browser did not begin this sign-in, or has begun another since. Begin again, in one window.", "state")


def expired() -> ApiError:
    return BadRequest(Code.SSO_EXPIRED, "It took too long to come back from the provider. Begin again.", "state")


def refused(title: str, reason: str) -> ApiError:
    """`reason` is a word of the protocol or ours, never the provider's text: that could be anybody's."""
    return BadRequest(Code.SSO_REFUSED, f"{title} did not sign you in ({reason}). Begin again, or choose another way.")


def away(title: str) -> ApiError:
    return Unavailable(Code.SSO_UNAVAILABLE, f"{title} cannot be reached just now; try again in a minute.")


def no_email(title: str) -> ApiError:
    return BadRequest(
        Code.SSO_EMAIL_MISSING,
        f"{title} has told no e-mail address of yours, and an account needs one. Let it be told, and begin again.")


def not_linkable(title: str, *, by_provider: bool) -> ApiError:
    if by_provider:
        return BadRequest(
            Code.ACCOUNT_NOT_LINKABLE,
            f"There is an account with this address, but {title} has not verified that the address is yours. Sign in "
            f"to the account as you always do, and link {title} there.")
    return BadRequest(
        Code.ACCOUNT_NOT_LINKABLE,
        f"There is an account with this address that has not confirmed it yet. Choose a new password for it, which "
        f"confirms it by letter, and begin again: then {title} can be linked.")


def taken(title: str) -> ApiError:
    return BadRequest(
        Code.IDENTITY_TAKEN, f"What you have at {title} signs in to another account already; unlink it there first.")


def last_sign_in() -> ApiError:
    return BadRequest(
        Code.LAST_SIGN_IN, "Without this you could not sign in any more: choose a password, or link another first.")


def inactive() -> ApiError:
    return NotAllowed(Code.SSO_REFUSED, "This account is turned off; ask an administrator.")


def answered(title: str, error: str) -> ApiError:
    """What the provider has answered with an error (RFC 6749, 4.1.2.1 and 5.2) in place of a code or tokens."""
    if error == "access_denied":
        return denied(title)
    if error in AWAY:
        return away(title)
    return refused(title, error if WORD.fullmatch(error) else "error")
