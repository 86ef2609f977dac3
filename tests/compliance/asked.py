"""What several cases ask."""
from typing import Any

WEATHER: dict[str, Any] = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather at a place now",
    "parameters": {
        "type": "object",
        "properties": {"location": {"type": "string", "description": "a city and its state, as San Francisco, CA"}},
        "required": ["location"],
    },
}
ASK_WEATHER = "How is the weather in San Francisco? Look it up."
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "people": {"type": "integer"}},
    "required": ["city", "people"],
    "additionalProperties": False,
}
RED_DOT = "data:image/png;base64," + (  # 8 × 8 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/wc53yE8AAAAASU"
    "VORK5CYII="
)


def message(role: str, content: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": content, **fields}


def user(text: str) -> dict[str, Any]:
    return message("user", text)
