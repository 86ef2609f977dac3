"""Makes a conversation short: the model that is asked sums it up, and one item that it can go on from takes its place.

Rules (messages of the system and of the developer) are kept word for word; all else is in the summary.
"""
from typing import Any, Protocol

from relay.job import Request
from server.common.errors import Code, Failure
from server.responses.chains import Past
from server.responses.compact_create import CompactCreate
from server.responses.content import InputText
from server.responses.feed import Feed
from server.responses.items import InputMessage
from server.responses.mappers import failure_of
from server.responses.opaque import seal
from server.responses.resource import input_items
from server.responses.schemas import ResponseCreate

MAX_SUMMARY_TOKENS = 1024
RULES = ("system", "developer")
ASK = (
    "Stop here and sum up our conversation so far, for somebody who will carry it on without having read it. Keep "
    "every fact, name, number, decision and open question, and what I have asked for. Write nothing but the summary."
)


class Responses(Protocol):
    """Where the summary is made."""

    async def start(self, user: str, create: ResponseCreate, *, key_hash: str = "", past: Past | None = None) -> Feed:
        """Raises ApiError, RelayError."""

    async def cancel(self, user: str, response_id: str) -> None:
        """Raises ApiError, RelayError."""


class Compactor:
    """All methods raise ApiError and RelayError."""

    def __init__(self, responses: Responses) -> None:
        self.responses = responses

    async def start(self, user: str, create: CompactCreate) -> Feed:
        """Have the summary made: a response of the model, kept nowhere."""
        asked = ResponseCreate.model_construct(  # of parts that have been validated
            model=create.model,
            input=_with_ask(create),
            instructions=create.instructions,
            previous_response_id=create.previous_response_id,
            store=False,
            truncation="auto",
            max_output_tokens=MAX_SUMMARY_TOKENS,
        )
        return await self.responses.start(user, asked)

    async def leave(self, user: str, feed: Feed) -> None:
        """Who waited for it has gone."""
        await self.responses.cancel(user, feed.request.response_id)


def _with_ask(create: CompactCreate) -> list[Any]:
    """The input and what is asked of it: in the user's last message, as some chat templates refuse two in a row."""
    ask = InputText(type="input_text", text=ASK)
    given = create.input or []
    if isinstance(given, str):
        given = [InputMessage(role="user", content=given)]
    if given and isinstance(last := given[-1], InputMessage) and last.role == "user":
        parts = [InputText(type="input_text", text=last.content)] if isinstance(last.content, str) else last.content
        return [*given[:-1], last.model_copy(update={"content": [*parts, ask]})]
    return [*given, InputMessage(role="user", content=ASK)]


def compacted(request: Request, response: dict[str, Any]) -> dict[str, Any]:
    """The summary as the protocol tells it (spec: CompactResource). Raises what the response has failed of."""
    if response["status"] == "failed":
        raise failure_of(response["error"]["code"], response["error"]["message"])
    texts = [part["text"] for item in response["output"] if item["type"] == "message" for part in item["content"]]
    summary = "".join(texts).strip()
    if not summary:
        raise Failure(Code.ENGINE_ERROR, "The model made no summary; try again, or compact less.")
    given = input_items(request, whole=True)
    rules = [item for item in given if item["type"] == "message" and item["role"] in RULES]
    stem = request.response_id.removeprefix("resp_")
    item = {"type": "compaction", "id": f"cmp_{stem}_0", "encrypted_content": seal(summary)}
    return {
        "id": response["id"],
        "object": "response.compaction",
        "created_at": response["created_at"],
        "output": [*rules, item],
        "usage": response["usage"],
    }
