"""What the routes' documents show: answers made by the same code as the real ones."""
from typing import Any

from server.common.errors import Code
from server.conversations.resources import (
    conversation_field,
    hit_field,
    items_field,
    list_field,
    share_field,
    shared_field,
    turn_field,
)
from server.conversations.schemas import Conversation, Hit, Item, Page, Share, SnippetPart, Turn

NAME, TURN_ID = "conv_0a1b2c3d4e5f", "resp_00a1b2c3d4e5f"
ONE = (Code.CONVERSATION_NOT_FOUND, Code.HISTORY_UNAVAILABLE)
ITEMS: list[Item] = [
    {
        "type": "message", "id": "msg_00a1b2c3d4e5fi0", "status": "completed", "role": "user",
        "content": [{"type": "input_text", "text": "What is the capital of France?"}],
    },
    {
        "type": "message", "id": "msg_00a1b2c3d4e5f", "status": "completed", "role": "assistant",
        "content": [{"type": "output_text", "text": "Paris.", "annotations": [], "logprobs": []}],
    },
]
TALK = Conversation(
    NAME, "", 1_764_000_000, 1_764_000_060, "The capital of France", "model", {"topic": "geography"},
    active_turn_id=TURN_ID)
NEW = Conversation(NAME, "", 1_764_000_000, 1_764_000_000, running=[TURN_ID])
TURN = Turn(TURN_ID, NAME, None, "completed", 1_764_000_000, "smollm2-135m-instruct", ITEMS, [TURN_ID])
FIRST = Turn("turn_0a1b2c3d4e5f", NAME, None, "completed", 1_764_000_000, "", [], ["turn_0a1b2c3d4e5f", TURN_ID])
CHILD = Turn(TURN_ID, NAME, FIRST.id, "completed", 1_764_000_000, "smollm2-135m-instruct", ITEMS, [TURN_ID])
SHARE = Share("3q2-7wECAwQFBgcICQoLDA0ODxAREhMU", NAME, TURN_ID, TALK.title, 1_764_000_100)
FOUND = Hit(TALK, [SnippetPart("What is the ", False), SnippetPart("capital", True)], ITEMS[0]["id"], TURN_ID)
BY_TITLE = Hit(TALK, [SnippetPart("The ", False), SnippetPart("capital", True)])

CONVERSATIONS = [conversation_field(TALK), conversation_field(NEW)]
CONVERSATION_LIST = [list_field([TALK, NEW], conversation_field), list_field([], conversation_field)]
HITS = [list_field([FOUND, BY_TITLE], hit_field), list_field([], hit_field)]
ITEM_LIST = [items_field(Page(ITEMS)), items_field(Page([]))]
TURN_LIST = [list_field([TURN, FIRST, CHILD], turn_field), list_field([], turn_field)]
SHARES = [share_field(SHARE)]
SHARE_LIST = [list_field([SHARE], share_field), list_field([], share_field)]
SHARED = [shared_field(SHARE, Page(ITEMS)), shared_field(SHARE, Page([]))]
MESSAGE = {"type": "message", "role": "user", "content": "What is the capital of France?"}
EXPORT: dict[str, Any] = {
    "object": "parley:conversation.export", "version": 1, "title": TALK.title, "created_at": 1_764_000_000,
    "updated_at": 1_764_000_060, "turns": [
        {"id": "a", "status": "completed", "created_at": 1_764_000_000, "items": [MESSAGE]}],
}
