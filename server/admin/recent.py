"""The last errors that clients were told, over all gateways."""
import re
from collections.abc import Callable, Collection, Mapping
from typing import Protocol, get_args

from relay.overview import ErrorKind
from server.admin.live_mappers import person
from server.admin.ports import Member
from server.admin.recent_schemas import ErrorList, ErrorRead
from server.admin.reporter import decode_error
from server.common.errors import BadRequest, Code
from server.common.recent import RecentError

KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
ID = re.compile(r"err_([0-9]{1,15})_([0-9]{1,15})_(failure|refusal)", re.ASCII)
Place = tuple[int, int, str]


class Relay(Protocol):
    async def errors(self, kind: ErrorKind) -> list[tuple[int, int, bytes]]:
        """When each was told and a number among those of that moment, the newest first. Raises RelayError."""


class People(Protocol):
    async def known(self, ids: Collection[str]) -> Mapping[str, Member]: ...


class LastErrors:
    """`meaning`: what a code says where an error's own message is not kept."""

    def __init__(self, relay: Relay, people: People, meaning: Callable[[Code], str]) -> None:
        self.relay, self.people, self.meaning = relay, people, meaning

    async def page(self, kind: ErrorKind | None, after: str, limit: int) -> ErrorList:
        """The newest first, those behind `after`. Raises BadRequest, RelayError."""
        behind = _place(after) if after else None
        found: list[tuple[Place, RecentError]] = []
        for one in KINDS if kind is None else (kind,):
            for told_ms, number, data in await self.relay.errors(one):
                error = decode_error(data)
                if error is not None and (behind is None or (told_ms, number, one) < behind):
                    found.append(((told_ms, number, one), error))
        found.sort(key=lambda entry: entry[0], reverse=True)
        members = await self.people.known({error.user for _, error in found[:limit] if error.user})
        shown = [self._shown(place, error, members) for place, error in found[:limit]]
        return ErrorList(
            data=shown, first_id=shown[0].id if shown else None, last_id=shown[-1].id if shown else None,
            has_more=len(found) > limit)

    def _shown(self, place: Place, error: RecentError, members: Mapping[str, Member]) -> ErrorRead:
        told_ms, number, kind = place
        known = error.code in set(Code)
        return ErrorRead(
            id=f"err_{told_ms}_{number}_{kind}",
            kind="failure" if kind == "failure" else "refusal",
            at=round(error.at, 3),
            code=error.code,
            status=error.status,
            door=error.door,
            message=error.message or (self.meaning(Code(error.code)) if known else ""),
            param=error.param,
            user=person(error.user, members) if error.user else None,
            response_id=error.response_id,
        )


def _place(after: str) -> Place:
    """Raises BadRequest."""
    parts = ID.fullmatch(after)
    if parts is None:
        raise BadRequest(
            Code.INVALID_VALUE, "`after` should be the last id of the page before, as `err_…`.", "after")
    return int(parts[1]), int(parts[2]), parts[3]
