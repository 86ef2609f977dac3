"""The secret that tokens are signed with: made once, kept in the database, and so the same at every gateway."""
import secrets

from sqlalchemy import select

from server.auth.models import InstallationRow
from server.common.database import Database, insert_into

NAME = "token_secret"


class InstallationSecret:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._known = ""

    async def get(self) -> str:
        """Raises what a driver raises when its database is away."""
        if not self._known:
            row = {"name": NAME, "value": secrets.token_urlsafe(48)}
            async with self.database.session() as session:
                await session.execute(insert_into(session, InstallationRow).values(row).on_conflict_do_nothing(
                    index_elements=[InstallationRow.name]))
                self._known = (await session.scalars(
                    select(InstallationRow.value).where(InstallationRow.name == NAME))).one()
        return self._known
