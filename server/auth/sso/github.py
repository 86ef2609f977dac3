"""GitHub, which speaks OAuth but no OpenID Connect: who somebody is, its own interface says."""
from loguru import logger

from server.auth.sso import errors
from server.auth.sso.schemas import Attempt, Identity, SsoSettings
from server.auth.sso.web import UNEXPECTED, OAuthClient, ProviderAway, ProviderRefused, get_json, redeem

HOST = "https://github.com"
SCOPES = "read:user user:email"
JSON = "application/vnd.github+json"


class GitHubProvider:
    """github.com, or by `issuer` a GitHub Enterprise Server, whose interface is at `/api/v3`."""

    def __init__(self, id: str, settings: SsoSettings) -> None:
        host = settings.issuer or HOST
        self.id, self.title = id, settings.title or "GitHub"
        self.api = f"{host}/api/v3" if settings.issuer else "https://api.github.com"
        self.client = OAuthClient(
            settings.client_id, settings.client_secret.get_secret_value(), f"{host}/login/oauth/authorize",
            f"{host}/login/oauth/access_token", name=id, base_scopes=(settings.scopes or SCOPES).split())

    async def address(self, attempt: Attempt, challenge: str) -> str:
        return await self.client.get_authorization_url(
            attempt.redirect_uri, attempt.state, code_challenge=challenge, code_challenge_method="S256")

    async def identify(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        """GitHub names no issuer; the state says whose answer it is."""
        try:
            tokens = await redeem(self.client, code, attempt.redirect_uri, attempt.verifier)
            token = str(tokens["access_token"])
            user = await get_json(f"{self.api}/user", token=token, accept=JSON)
            emails = await get_json(f"{self.api}/user/emails", token=token, accept=JSON)
            subject = str(int(user["id"]))
            email, verified = _best([(str(one["email"]), one["verified"] is True, one["primary"] is True)
                                     for one in emails])
            return Identity(self.id, subject, email, verified, str(user.get("name") or user.get("login") or ""))
        except ProviderAway as error:
            logger.warning("{} cannot be used for signing in: {}", self.title, error)
            raise errors.away(self.title) from error
        except ProviderRefused as error:
            logger.warning("{} refused a sign-in: {}", self.title, error.reason)
            raise errors.answered(self.title, error.reason) from error
        except UNEXPECTED as error:
            raise errors.refused(self.title, "invalid_answer") from error


def _best(emails: list[tuple[str, bool, bool]]) -> tuple[str, bool]:
    """A verified address if there is one, the primary one before others. Empty if there is none."""
    ranked = sorted(emails, key=lambda one: (one[1], one[2]), reverse=True)
    return ranked[0][:2] if ranked else ("", False)
