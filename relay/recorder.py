"""Reading the stream `to_record` as one of the consumer group `recorders`; what is not saved goes to another one.

The group is made by `hello`, from the stream's beginning.
"""
from typing import Any

from relay.errors import RelayAway
from relay.keys import Keys
from relay.link import Link, ms
from relay.settings import RelaySettings

GROUP = "recorders"
COUNT = 50


class Recorder:
    """One consumer, on a connection of its own (its read blocks). For one task at a time."""

    def __init__(self, name: str, settings: RelaySettings) -> None:
        self._name, self._settings, self._stream = name, settings, Keys(settings.cell).to_record
        self._link: Link | None = None
        self._entries: dict[str, list[str]] = {}  # by response: ids of entries that are not saved yet

    async def take(self, block_ms: int) -> list[str]:
        """Responses to save: those that somebody has left lying, else new ones, as they come. Raises RelayAway."""
        try:
            link = self._link = self._link or await Link.open(self._settings, scripts=False)
            _, left, *_ = await link.command(
                "XAUTOCLAIM", self._stream, GROUP, self._name, ms(self._settings.reclaim_s), "0-0", "COUNT", COUNT)
            if found := self._note(left):
                return found
            reply = await link.command(
                "XREADGROUP", "GROUP", GROUP, self._name, "COUNT", COUNT, "BLOCK", block_ms, "STREAMS", self._stream,
                ">", timeout_s=block_ms / 1000 + self._settings.call_timeout_s)
        except RelayAway:
            await self.close()
            raise
        return self._note(reply[0][1]) if reply else []

    def _note(self, entries: Any) -> list[str]:
        found = []
        for entry in entries:
            if entry and entry[1]:  # Redis 6.2 gives nothing for one that was deleted
                response_id = entry[1][1].decode()
                self._entries.setdefault(response_id, []).append(entry[0].decode())
                found.append(response_id)
        return list(dict.fromkeys(found))

    def entries(self, response_ids: list[str]) -> list[str | int]:
        """How many entries those responses have, and their ids."""
        ids = [entry for response_id in response_ids for entry in self._entries.get(response_id, ())]
        return [len(ids), *ids]

    def forget(self, response_ids: list[str]) -> None:
        for response_id in response_ids:
            self._entries.pop(response_id, None)

    async def close(self) -> None:
        link, self._link = self._link, None
        if link:
            await link.close()
