"""What the domain of accounts is made of, in one gateway."""
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from server.auth import router_account, router_auth, router_keys, router_options, router_tickets
from server.auth.dependencies import AuthServices
from server.auth.desk import Desk
from server.auth.estate import Estate, Estates
from server.auth.export import AccountExport, Belongings
from server.auth.grants import Grants
from server.auth.identity_repository import IdentityRepository
from server.auth.keys import Keys
from server.auth.lookups import Lookups
from server.auth.mail import Mailer
from server.auth.options import Entry
from server.auth.passwords import Passwords
from server.auth.profile import Profile
from server.auth.registration import Registration
from server.auth.secret import InstallationSecret
from server.auth.service import Authenticator
from server.auth.signing_in import SigningIn
from server.auth.sso import router as router_sso
from server.auth.sso.providers import make_providers
from server.auth.sso.repository import MemberRepository
from server.auth.sso.service import SsoService
from server.auth.throttle import Throttle
from server.auth.tickets import RedisTickets, Tickets
from server.auth.tokens import TokenReader
from server.auth.users import Users
from server.common.clock import Clock
from server.common.database import Database
from server.settings import GatewaySettings

ROUTERS = (
    router_options.router, router_auth.router, router_account.router, router_keys.router, router_tickets.router,
    router_sso.router)


@dataclass(slots=True)
class AuthParts:
    """Made by `make`; the composition root runs `tasks`, and in the end `close`. Others build on `desk`."""

    authenticator: Authenticator
    lookups: Lookups
    desk: Desk
    services: AuthServices
    users: Users
    ticket_store: RedisTickets

    @classmethod
    def make(
            cls, settings: GatewaySettings, database: Database, clock: Clock, mailer: Mailer,
            estates: Sequence[Estate], belongings: Mapping[str, Belongings]) -> "AuthParts":
        """`estates` are what other domains keep for users, `belongings` what of it is theirs to take out, by name."""
        lookups = Lookups(IdentityRepository(database), Grants(), clock)
        secret = InstallationSecret(database)
        desk = Desk(database, secret, Passwords(), mailer, admits_new=settings.registration)
        store = RedisTickets(settings.redis)
        tickets, estate = Tickets(store), Estates(estates)
        profile, keys = Profile(desk, estate, lookups), Keys(desk, lookups)
        sso = SsoService(make_providers(settings.sso, clock), MemberRepository(desk), clock)
        return cls(
            authenticator=_authenticator(settings, lookups, TokenReader(secret), tickets),
            lookups=lookups,
            desk=desk,
            services=AuthServices(
                registration=Registration(desk, verified_only=settings.verified_only),
                signing_in=SigningIn(desk, estate, lookups, verified_only=settings.verified_only),
                profile=profile,
                keys=keys,
                tickets=tickets,
                throttle=Throttle(
                    settings.redis, by_address=settings.attempts_per_address,
                    by_account=settings.attempts_per_account),
                sso=sso,
                entry=Entry(desk, verified_only=settings.verified_only, mail=bool(settings.smtp_url)),
                export=AccountExport(profile, keys, sso, belongings),
                trusted_proxies=settings.trusted_proxies,
                public_url=settings.public_url,
            ),
            users=Users(desk, lookups),
            ticket_store=store,
        )

    def hand_to(self, app: FastAPI) -> None:
        app.state.authenticator = self.authenticator
        app.state.auth = self.services

    def tasks(self) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
        """What runs for ever, by what it is called."""
        yield "the look-up of accounts", self.lookups.run()

    async def close(self) -> None:
        self.desk.passwords.close()
        await self.services.throttle.close()
        await self.ticket_store.close()


def _authenticator(
        settings: GatewaySettings, lookups: Lookups, tokens: TokenReader, tickets: Tickets) -> Authenticator:
    key = settings.bootstrap_api_key
    return Authenticator(
        bootstrap_key=key.get_secret_value() if key else None,
        admits_guests=settings.admits_guests,
        local_names_only=settings.guests is None and settings.is_local,
        any_bearer=settings.is_local and settings.admits_guests,
        allowed_origins=settings.origins,
        public_host=urlsplit(settings.public_url).netloc.lower(),
        identities=lookups,
        tokens=tokens,
        tickets=tickets,
    )
