"""Any provider of OpenID Connect, by its address: discovery, the code flow with PKCE, and checks of the ID token."""
import hmac
from typing import Any

import jwt
from jwt import PyJWK, PyJWKSet
from loguru import logger

from server.auth.sso import errors
from server.auth.sso.schemas import Attempt, Identity, SsoSettings
from server.auth.sso.web import UNEXPECTED, OAuthClient, ProviderAway, ProviderRefused, get_json, redeem
from server.common.clock import Clock

SCOPES = "openid email profile"
WELL_KNOWN = "/.well-known/openid-configuration"
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")  # public keys
LEEWAY_S = 60
KEEP_S = 3600.0  # what was discovered, and its keys
NEVER = float("-inf")
KEYS_AGAIN_S = 30.0  # for a key that is not known; a forged token must not have them fetched over and over
TENANT = "{tenantid}"  # in the issuer that Microsoft names where any tenant may come


class OidcProvider:
    """`trust_email`: its addresses count as verified though it does not say so."""

    def __init__(self, id: str, title: str, issuer: str, settings: SsoSettings, clock: Clock) -> None:
        self.id, self.title, self.issuer, self.settings, self.clock = id, title, issuer, settings, clock
        self._known: dict[str, Any] = {}
        self._known_at = self._keys_at = NEVER
        self._keys: dict[str | None, PyJWK] = {}

    async def address(self, attempt: Attempt, challenge: str) -> str:
        try:
            client = await self._client()
        except (ProviderAway, ProviderRefused, *UNEXPECTED) as error:
            raise self._away(error) from error
        return await client.get_authorization_url(
            attempt.redirect_uri, attempt.state, code_challenge=challenge, code_challenge_method="S256",
            extras_params={"nonce": attempt.nonce})

    async def identify(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        try:
            client = await self._client()
            if issuer is not None and TENANT not in self._known["issuer"] and issuer != self._known["issuer"]:
                raise ProviderRefused("wrong_issuer")  # RFC 9207: another provider's answer
            tokens = await redeem(client, code, attempt.redirect_uri, attempt.verifier)
            claims = await self._claims(str(tokens["id_token"]), attempt.nonce)
            return self._identity(await self._with_profile(claims, str(tokens.get("access_token", ""))))
        except ProviderAway as error:
            raise self._away(error) from error
        except ProviderRefused as error:
            logger.warning("{} refused a sign-in: {}", self.title, error.reason)
            raise errors.answered(self.title, error.reason) from error
        except jwt.PyJWTError as error:
            logger.warning("An ID token of {} is not good: {}", self.title, error)
            raise errors.refused(self.title, "invalid_id_token") from error
        except UNEXPECTED as error:
            logger.warning("An answer of {} is not of the shape it should have: {!r}", self.title, error)
            raise errors.refused(self.title, "invalid_answer") from error

    def _away(self, error: Exception) -> Exception:
        logger.warning("{} cannot be used for signing in: {}", self.title, error)
        return errors.away(self.title)

    async def _client(self) -> OAuthClient:
        known = await self._discover()
        methods = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        post = "client_secret_post" in methods
        return OAuthClient(
            self.settings.client_id, self.settings.client_secret.get_secret_value(), known["authorization_endpoint"],
            known["token_endpoint"], name=self.id, base_scopes=(self.settings.scopes or SCOPES).split(),
            token_endpoint_auth_method="client_secret_post" if post else "client_secret_basic")

    async def _discover(self) -> dict[str, Any]:
        """OpenID Connect Discovery, section 4. What is known is used until it can be renewed."""
        if self.clock.monotonic() - self._known_at < KEEP_S:
            return self._known
        try:
            known = await get_json(f"{self.issuer}{WELL_KNOWN}")
        except ProviderAway:
            if self._known:
                return self._known
            raise
        named = str(known["issuer"])
        if named.rstrip("/") != self.issuer.rstrip("/") and TENANT not in named:  # section 4.3: else it is another's
            raise ProviderAway(f"it is set as {self.issuer}, and calls itself {named}")
        self._known, self._known_at = known, self.clock.monotonic()
        return self._known

    async def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """OpenID Connect Core, 3.1.3.7. Raises PyJWTError."""
        offered = self._known.get("id_token_signing_alg_values_supported", ["RS256"])
        key = await self._key(jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[name for name in SIGNATURES if name in offered], audience=self.settings.client_id,
            leeway=LEEWAY_S, options={"require": ["iss", "sub", "aud", "exp", "iat"]})
        if claims["iss"] != str(self._known["issuer"]).replace(TENANT, str(claims.get("tid", ""))):
            raise jwt.InvalidIssuerError("Invalid issuer")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.settings.client_id:
            raise jwt.InvalidAudienceError("It was issued to another party")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise jwt.InvalidTokenError("It answers another request: the nonce is not ours")
        return claims

    async def _key(self, id: str | None) -> PyJWK:
        """The key of this id, or the only one there is. Fetched anew when it is not known: providers change theirs."""
        age = self.clock.monotonic() - self._keys_at
        if age >= KEEP_S or (age >= KEYS_AGAIN_S and self._find(id) is None):
            found = PyJWKSet.from_dict(await get_json(self._known["jwks_uri"]))
            self._keys = {key.key_id: key for key in found.keys if key.public_key_use in (None, "sig")}
            self._keys_at = self.clock.monotonic()
        if (key := self._find(id)) is None:
            raise jwt.InvalidKeyError(f"It is signed with a key that is not known: {id!r}")
        return key

    def _find(self, id: str | None) -> PyJWK | None:
        if id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(id)

    async def _with_profile(self, claims: dict[str, Any], token: str) -> dict[str, Any]:
        """With what the provider tells at its userinfo endpoint only, as many do with the e-mail address (5.3)."""
        endpoint = self._known.get("userinfo_endpoint")
        if claims.get("email") or not endpoint or not token:
            return claims
        told = await get_json(endpoint, token=token)
        if told["sub"] != claims["sub"]:
            raise ProviderRefused("wrong_subject")
        return {**told, **claims}

    def _identity(self, claims: dict[str, Any]) -> Identity:
        """`xms_edov` is what Microsoft has in place of `email_verified`: without it anybody may have put it there."""
        said = (claims.get("email_verified"), claims.get("xms_edov"))
        verified = self.settings.trust_email or any(value in (True, 1, "1", "true") for value in said)
        email = str(claims.get("email") or "")
        return Identity(
            self.id, str(claims["sub"]), email, bool(email) and verified, str(claims.get("name") or "")[:200])
