"""What a gateway submits and a worker leases: one response's request, as the relay carries it."""
from typing import Any

import msgspec


class Sampling(msgspec.Struct, frozen=True, omit_defaults=True):
    """How tokens are chosen. None means the model's own default (its `generation_config.json`)."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    stop: list[str] = []
    min_tokens: int = 0
    max_output_tokens: int | None = None
    top_logprobs: int = 0
    logprobs: bool = False


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """One response to make. Opaque to Redis; encoded once by the gateway that submits it.

    `input` is the whole flattened context in Open Responses item shape (`{"type": "message", "role", "content"}` …),
    without `instructions`. Images are parts `{"type": "input_image", "image_url", "detail"}`, the URL a data URL; what
    was compacted is an item `{"type": "compaction", "summary"}`. `tools` and `tool_choice` are in the protocol's shape:
    "auto", "none", "required", `{"type": "function", "name"}` or `{"type": "allowed_tools", "mode", "tools"}`. `echo`
    holds the fields of the response resource that only repeat the request.
    """

    response_id: str
    user: str
    model: str
    created_at: float
    input: list[dict[str, Any]]
    instructions: str | None = None
    sampling: Sampling = Sampling()
    tools: list[dict[str, Any]] = []
    tool_choice: Any = "auto"
    text_format: dict[str, Any] | None = None
    store: bool = True
    own_input: int = 0  # how many items at the end of `input` are this request's own, not its context
    idempotency_key: str = ""  # here too, so that whoever knows the request can put the key back
    request_hash: str = ""
    echo: dict[str, Any] = {}
    parallel_tool_calls: bool = True  # False: at most one call
    max_tool_calls: int | None = None
    reasoning_effort: str | None = None  # none, minimal, low, medium, high, xhigh; None: the model's own default
    verbosity: str | None = None  # low, medium (the model's own) or high
    truncation: str = "disabled"  # auto: the oldest turns are left out where the context cannot hold them
    conversation: str = ""  # the one that it is a turn of …
    parent: str = ""  # … and the turn that it follows there; empty where it is a first one
    include: list[str] = []  # what the gateway tells beyond the usual


encode_request = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(Request).decode
