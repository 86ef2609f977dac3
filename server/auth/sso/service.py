"""Signing in at a provider, and linking one: what is begun, what comes back, and whose account it is.

An identity that is not known yet is linked to the account with its address only where both have shown that the address
is theirs. Else whoever registers somebody's address first, here or there, would wait in that person's account.
"""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from server.auth.sso import errors
from server.auth.sso.attempts import Attempts, challenge
from server.auth.sso.port import IdentityProvider
from server.auth.sso.schemas import Identity, LinkedIdentity, Member
from server.common.clock import Clock
from server.common.errors import Code, NotFound


class AddressTaken(Exception):
    """Somebody has registered it meanwhile."""


class Members(Protocol):
    """Accounts, as far as identities go. All raise ApiError, Unavailable when their database is away."""

    async def secret(self) -> str:
        """The installation's, the same at every gateway."""

    async def of_identity(self, provider: str, subject: str) -> Member | None: ...
    async def of_email(self, email: str) -> Member | None: ...

    async def create(self, identity: Identity, guest_id: str | None) -> Member:
        """One with this identity and address, the guest's if it is one's; a letter asks for an address that is not
        verified. Raises AddressTaken, BadRequest, NotAllowed.
        """

    async def link(self, account_id: str, identity: Identity) -> None:
        """Raises BadRequest with `identity_taken` if it is another account's."""

    async def unlink(self, account_id: str, identity_id: str) -> None:
        """Raises NotFound, and BadRequest with `last_sign_in`."""

    async def identities(self, account_id: str) -> list[LinkedIdentity]: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, with which cookie."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Returned:
    """Who has come back, and where the browser goes on. `linked`: it was to link, so that nobody was signed in."""

    account_id: str
    next: str
    linked: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sent the browser back with, and what the browser itself brings."""

    cookie: str
    state: str
    code: str | None = None
    error: str | None = None
    issuer: str | None = None


class SsoService:
    """Raises ApiError throughout."""

    def __init__(self, providers: Mapping[str, IdentityProvider], members: Members, clock: Clock) -> None:
        self.providers, self.members, self.clock = providers, members, clock

    async def begin(self, provider_id: str, redirect_uri: str, next_: str, link_to: str = "") -> Begun:
        provider, attempts = self._provider(provider_id), Attempts(await self.members.secret())
        attempt = attempts.begin(provider_id, redirect_uri, next_, link_to)
        address = await provider.address(attempt, challenge(attempt.verifier))
        return Begun(address, attempts.seal(attempt, self.clock.now()))

    async def finish(self, provider_id: str, answer: Answer, user_id: str | None, guest_id: str | None) -> Returned:
        """`user_id`: whose session the browser brings; `guest_id`: the guest whose history the account takes over."""
        provider, attempts = self._provider(provider_id), Attempts(await self.members.secret())
        attempt = attempts.open(answer.cookie, provider_id, answer.state, self.clock.now())
        if answer.error is not None:
            raise errors.answered(provider.title, answer.error)
        if not answer.code:
            raise errors.refused(provider.title, "no_code")
        if attempt.link_to and attempt.link_to != user_id:
            raise errors.mismatch()
        identity = await provider.identify(attempt, answer.code, answer.issuer)
        if attempt.link_to:
            await self.members.link(attempt.link_to, identity)
            return Returned(attempt.link_to, attempt.next, linked=True)
        member = await self._member(provider, identity, guest_id)
        if not member.is_active:
            raise errors.inactive()
        return Returned(member.id, attempt.next, linked=False)

    async def identities(self, account_id: str) -> list[LinkedIdentity]:
        return await self.members.identities(account_id)

    async def unlink(self, account_id: str, identity_id: str) -> None:
        await self.members.unlink(account_id, identity_id)

    async def _member(self, provider: IdentityProvider, identity: Identity, guest_id: str | None) -> Member:
        known = await self.members.of_identity(identity.provider, identity.subject)
        if known is not None:
            return known
        if not identity.email:
            raise errors.no_email(provider.title)
        member = await self.members.of_email(identity.email)
        if member is None:
            try:
                return await self.members.create(identity, guest_id if identity.email_verified else None)
            except AddressTaken:  # by another sign-in of these seconds, perhaps one's own
                member = await self.members.of_email(identity.email)
        if member is None or not (identity.email_verified and member.is_verified):
            raise errors.not_linkable(provider.title, by_provider=not identity.email_verified)
        if member.is_active:
            await self.members.link(member.id, identity)
        return member

    def _provider(self, id: str) -> IdentityProvider:
        provider = self.providers.get(id)
        if provider is None:
            known = ", ".join(f"`{name}`" for name in self.providers) or "none"
            raise NotFound(Code.NOT_FOUND, f"Nobody can sign in at `{id[:40]}` here; there is: {known}.", "provider")
        return provider
