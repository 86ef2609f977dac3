"""Conversations, turns, shares and pages of them as a client sees them: OpenAI's shapes, and ours under `parley:`."""
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from server.conversations.schemas import Conversation, Hit, Item, Page, Share, Turn

T = TypeVar("T")


def conversation_field(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "object": "conversation",
        "created_at": int(conversation.created_at),
        "metadata": conversation.metadata,
        "parley:updated_at": int(conversation.updated_at),
        "parley:title": conversation.title or None,
        "parley:title_by": conversation.title_by or None,
        "parley:pinned": conversation.pinned,
        "parley:archived": conversation.archived,
        "parley:active_turn_id": conversation.active_turn_id,
        "parley:running": conversation.running,
    }


def turn_field(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "object": "parley:conversation.turn",
        "parent_id": turn.parent_id,
        "response_id": turn.response_id,
        "status": turn.status,
        "model": turn.model or None,
        "created_at": int(turn.created_at),
        "siblings": turn.siblings,
        "items": turn.items,
    }


def share_field(share: Share) -> dict[str, Any]:
    return {
        "id": share.token,
        "object": "parley:conversation.share",
        "conversation_id": share.conversation_id,
        "turn_id": share.turn_id,
        "title": share.title,
        "path": f"/v1/shared/{share.token}",
        "created_at": int(share.created_at),
    }


def shared_field(share: Share, items: Page[Item]) -> dict[str, Any]:
    """What anybody sees who has the link: nothing of whose it is."""
    return {
        "object": "parley:shared_conversation",
        "title": share.title,
        "created_at": int(share.created_at),
        "items": items_field(items),
    }


def hit_field(hit: Hit) -> dict[str, Any]:
    return {
        "object": "parley:conversation.hit",
        "conversation": conversation_field(hit.conversation),
        "turn_id": hit.turn_id,
        "item_id": hit.item_id,
        "snippet": [{"text": part.text, "match": part.match} for part in hit.snippet],
    }


def list_field(shown: Iterable[T], field: Callable[[T], dict[str, Any]], has_more: bool = False) -> dict[str, Any]:
    data = [field(one) for one in shown]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0].get("id") if data else None,
        "last_id": data[-1].get("id") if data else None,
        "has_more": has_more,
    }


def page_field(page: Page[T], field: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    return list_field(page.data, field, page.has_more)


def items_field(page: Page[Item]) -> dict[str, Any]:
    return page_field(page, dict)


def count_field(total: int, archived: int) -> dict[str, Any]:
    return {"object": "parley:conversations.count", "total": total, "archived": archived}


def done_field(what: str, count: int) -> dict[str, Any]:
    """`what` was done with so many conversations at once."""
    return {"object": f"parley:conversations.{what}", "count": count}


def deleted(kind: str, name: str) -> dict[str, Any]:
    """What is left of a thing of this kind."""
    return {"id": name, "object": f"{kind}.deleted", "deleted": True}
