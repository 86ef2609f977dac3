"""What the domain of accounts is made of, in one gateway."""
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from server.auth.grants import Grants
from server.auth.identity_repository import IdentityRepository
from server.auth.lookups import Lookups
from server.auth.service import Authenticator
from server.common.clock import Clock
from server.common.database import Database
from server.settings import GatewaySettings


@dataclass(slots=True)
class AuthParts:
    """Made by `make`; the composition root runs `tasks`."""

    authenticator: Authenticator
    lookups: Lookups

    @classmethod
    def make(cls, settings: GatewaySettings, database: Database, clock: Clock) -> "AuthParts":
        lookups = Lookups(IdentityRepository(database), Grants(), clock)
        key = settings.bootstrap_api_key
        return cls(
            authenticator=Authenticator(
                bootstrap_key=key.get_secret_value() if key else None,
                admits_guests=settings.admits_guests,
                local_names_only=settings.guests is None and settings.is_local,
                any_bearer=settings.is_local and settings.admits_guests,
                identities=lookups,
            ),
            lookups=lookups,
        )

    def hand_to(self, app: FastAPI) -> None:
        app.state.authenticator = self.authenticator

    def tasks(self) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
        """What runs for ever, by what it is called."""
        yield "the look-up of accounts", self.lookups.run()
