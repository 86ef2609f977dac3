"""Leaves out a context's oldest turns, until what is left fits. Pure."""
from typing import Any

Item = dict[str, Any]
KEPT_ROLES = ("system", "developer")
BYTES_PER_TOKEN = 4  # where nobody has counted
ROOM = 0.95  # of the context, so that there is something left to answer with


class Turns:
    """A turn begins with a message of the user. The last one is never left out, nor what stands before all: what the
    system says, and the summary of what was made short.

    `items` are those that are left.
    """

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        begins = [number for number, item in enumerate(items) if _is_of(item, ("user",))]
        self._head = next((n for n, item in enumerate(items) if not _is_kept(item)), len(items))
        self._cuts = [begin for begin in begins if begin > self._head]  # what may come right after the head

    def drop(self, input_tokens: int | None, context_tokens: int) -> bool:
        """Leave out one turn more, or as many as it will take. Whether there was one."""
        if not self._cuts:
            return False
        size = _size(self.items)
        tokens = input_tokens or max(context_tokens + 1, size // BYTES_PER_TOKEN)
        wanted = size * context_tokens * ROOM / tokens
        while True:
            cut = self._cuts.pop(0)
            gone = cut - self._head
            self.items = self.items[:self._head] + self.items[cut:]
            self._cuts = [later - gone for later in self._cuts]
            if not self._cuts or _size(self.items) <= wanted:
                return True


def _is_kept(item: Item) -> bool:
    return item.get("type") == "compaction" or _is_of(item, KEPT_ROLES)


def _is_of(item: Item, roles: tuple[str, ...]) -> bool:
    return (item.get("type") or "message") == "message" and item.get("role") in roles


def _size(items: list[Item]) -> int:
    return sum(map(_length, items))


def _length(value: Any) -> int:
    """Of all texts in it."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, dict):
        return sum(map(_length, value.values()))
    return sum(map(_length, value)) if isinstance(value, list) else 0
