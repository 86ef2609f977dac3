"""The synthetic engine's language: a vocabulary of byte pieces, and which token stands where.

A token is a pure function of the prompt and the token's index, so any two runs can be compared byte by byte. Each
phrase is cut into PIECES of nearly equal bytes whatever its characters are, so that some tokens end inside a character,
and some complete none.
"""
import codecs
import hashlib
import json
import re
from typing import Any

PIECES = 8
WRITTEN_BYTES = 2

_PHRASES = (
    "The quick brown fox jumps over the lazy dog. ",
    "\n\n## Ein Überblick über Größe und Maß\n\n",
    "- first, **bold** words — then *plain* ones\n",
    "- второй пункт списка, ещё короче\n",
    "Tokens arrive one by one: 🦊 🌍 🚀 and so on. ",
    "日本語の文章も少しだけ混ざっています。",
    "\n```python\nprint('Grüße, 世界 👋')\n```\n",
    "| naïve | café | señor |\n|---|---|---|\n",
    "Inline `code`, a [link](https://example.org/), $x^2$. ",
    "🦊🚀!",
    "Ça va très bien, merci; τί κάνεις; ",
    "👩‍👩‍👧‍👦 is one picture made of many characters. ",
    "> Quoted: “it's never too late”, she said…\n\n",
    "1. One\n2. Two\n3. Three\n\n",
    "नमस्ते दुनिया, مرحبا بالعالم. ",
    "Numbers such as 3.14159 and 2 718 281 stay as they are. ",
    "Nothing here means anything, and that is on purpose. ",
)


def _pieces(phrase: str) -> list[bytes]:
    data = phrase.encode()
    return [data[len(data) * i // PIECES : len(data) * (i + 1) // PIECES] for i in range(PIECES)]


VOCABULARY: tuple[bytes, ...] = tuple(piece for phrase in _PHRASES for piece in _pieces(phrase))

_LENGTH_DIRECTIVE = re.compile(r"\[\[tokens=(\d{1,9})\]\]")
_MASK = (1 << 64) - 1


class Script:
    """What will be said to one prompt: `token(index)` for any index, and `length` in tokens.

    The length follows from the prompt (40 to 200), unless its last user message says `[[tokens=500]]`.
    """

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        canonical = json.dumps(messages, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.blake2b(canonical.encode(), digest_size=16).digest()
        self._seed = int.from_bytes(digest[:8], "big")
        self.length = _asked_length(messages) or 40 + int.from_bytes(digest[8:], "big") % 161

    def token(self, index: int) -> int:
        """The id of the token at `index`; a phrase is chosen per block of PIECES tokens."""
        block, piece = divmod(index, PIECES)
        return _mix(self._seed + block) % len(_PHRASES) * PIECES + piece


def _asked_length(messages: list[dict[str, Any]]) -> int | None:
    """What `[[tokens=N]]` in the last user message asks for."""
    for message in reversed(messages):
        if message["role"] == "user":
            directive = _LENGTH_DIRECTIVE.search(text_of(message))
            return int(directive[1]) if directive else None
    return None


def _mix(value: int) -> int:
    """The finaliser of splitmix64: neighbouring numbers become unrelated ones."""
    value = (value * 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class Speller:
    """Token ids in, text out; half a character waits for its other half."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("strict").decode

    def spell(self, token: int) -> str:
        return self._decode(VOCABULARY[token] if token < len(VOCABULARY) else bytes_of(token))


def text_of(message: dict[str, Any]) -> str:
    """A message's text; of parts, those that are one."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def tokens_of(text: str) -> list[int]:
    """Any text as tokens of up to WRITTEN_BYTES bytes, beyond the vocabulary: an id holds the bytes themselves."""
    data = text.encode()
    pieces = (data[at:at + WRITTEN_BYTES] for at in range(0, len(data), WRITTEN_BYTES))
    return [1 << 25 | len(piece) << 22 | int.from_bytes(piece, "big") for piece in pieces]


def bytes_of(token: int) -> bytes:
    """The bytes that a token of `tokens_of` holds."""
    length = token >> 22 & 7
    return (token & ((1 << 22) - 1)).to_bytes(3, "big")[-length:] if length else b""


def count_tokens(messages: list[dict[str, Any]]) -> int:
    """How many tokens a prompt has in this language: four bytes each, and four for each message's frame."""
    return sum(4 + -(-len(text_of(message).encode()) // 4) for message in messages)
