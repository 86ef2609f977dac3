"""Between the database's rows, the relay's records, protocol items and what the services hand about."""
import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from relay.events import AnyEvent, Delta, Done
from relay.records import Record, decode_batch, encode_batch, merge
from server.conversations.models import ConversationRow, ItemRow, ShareRow, TurnRow
from server.conversations.schemas import Conversation, Item, Share, TitleBy, Turn, TurnStatus

MAX_TITLE_CHARACTERS = 60  # of one made from a question
MAX_SEARCHED_CHARACTERS = 100_000  # of one item: PostgreSQL indexes no more than 1 MiB
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # PostgreSQL keeps no U+0000, nobody keeps half a pair
ID_PREFIXES = {
    "message": "msg", "function_call": "fc", "function_call_output": "fco", "reasoning": "rs", "compaction": "cmp"}


def packed(records: Iterable[Record]) -> bytes:
    """All that a stream tells of a response. Token ids serve only who goes on generating, so they are left out."""
    told = [msgspec.structs.replace(record, events=[_told(event) for event in record.events]) for record in records]
    return encode_batch(0.0, merge(told))


def unpacked(data: bytes) -> list[Record]:
    """Raises ValueError for what another version has written."""
    return decode_batch(data).records


def _told(event: AnyEvent) -> AnyEvent:
    if isinstance(event, Delta | Done) and event.tokens:
        return msgspec.structs.replace(event, tokens=[])
    return event


def conversation_of(row: ConversationRow, running: str | None) -> Conversation:
    """`running` are the ids of the responses under way, with blanks between."""
    return Conversation(
        row.id, row.user, row.created_at, row.updated_at, row.title, cast(TitleBy, row.title_by), row.notes, row.pinned,
        row.archived, row.active_turn_id, sorted((running or "").split()))


def conversation_values(conversation: Conversation) -> dict[str, Any]:
    """The columns of a new row."""
    return {
        "id": conversation.id,
        "user": conversation.user,
        "title": conversation.title,
        "title_by": conversation.title_by,
        "notes": conversation.metadata,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "active_turn_id": conversation.active_turn_id,
    }


def turn_of(row: TurnRow, items: Sequence[ItemRow], siblings: Sequence[str] = ()) -> Turn:
    return Turn(
        row.id, row.conversation_id, row.parent_id, cast(TurnStatus, row.status), row.created_at, row.model,
        [item.item for item in items], list(siblings))


def turn_values(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "conversation_id": turn.conversation_id,
        "parent_id": turn.parent_id,
        "status": turn.status,
        "model": turn.model,
        "created_at": turn.created_at,
    }


def item_values(turn: Turn) -> list[dict[str, Any]]:
    """The columns of its items."""
    return [
        {"id": item["id"], "turn_id": turn.id, "place": place, "item": item, "text": searched_text(item)}
        for place, item in enumerate(turn.items)
    ]


def share_of(row: ShareRow) -> Share:
    return Share(row.token, row.conversation_id, row.turn_id, row.title, row.created_at)


def with_ids(turn_id: str, items: Iterable[Item]) -> list[Item]:
    """Items as a conversation keeps them: each under an id that is its own, whatever id it came with."""
    stem = turn_id.partition("_")[2]
    return [{**item, "id": f"{_prefix(item)}_{stem}i{place}"} for place, item in enumerate(items)]


def _prefix(item: Item) -> str:
    return ID_PREFIXES.get(item["type"], "item")


def text_of(item: Item) -> str:
    """What people read of a message; nothing of other items."""
    content = item.get("content") if item.get("type") == "message" else None
    if isinstance(content, str):
        return content
    texts = [part.get("text") or part.get("refusal") or "" for part in content or []]
    return "\n".join(text for text in texts if isinstance(text, str) and text)


def searched_text(item: Item) -> str:
    return plain(text_of(item))[:MAX_SEARCHED_CHARACTERS]


def plain(text: str) -> str:
    """Without what no database keeps in a text."""
    return NOT_TEXT.sub(" ", text)


def first_title(items: Iterable[Item]) -> str:
    """The first question on one line, cut between two words; empty where nobody has said anything yet."""
    said = (text_of(item) for item in items if item.get("role") == "user")
    text = " ".join(plain(next((text for text in said if text.strip()), "")[:2000]).split())
    if len(text) <= MAX_TITLE_CHARACTERS:
        return text
    cut = text[:MAX_TITLE_CHARACTERS]
    head, _, _ = cut.rpartition(" ")
    return f"{head if len(head) > MAX_TITLE_CHARACTERS // 2 else cut}…"


def kept_item(item: Item) -> Item:
    """An output item as a conversation keeps it; its log probabilities are the response's own."""
    if item.get("type") != "message":
        return item
    parts = [{**part, "logprobs": []} if "logprobs" in part else part for part in item["content"]]
    return {**item, "content": parts}
