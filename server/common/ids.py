"""New ids. A response's id names its relay cell; item ids only have to be unique."""
import secrets

RANDOM_BYTES = 16  # 32 hexadecimal digits: nobody guesses one, though knowing one is no right to it


def response_id(cell: str = "0") -> str:
    """`resp_` + the cell + 32 hexadecimal digits."""
    return f"resp_{cell}{secrets.token_hex(RANDOM_BYTES)}"


def item_id(prefix: str) -> str:
    """An item's id, as `msg_…` or `fc_…`."""
    return f"{prefix}_{secrets.token_hex(RANDOM_BYTES)}"


def conversation_id() -> str:
    return f"conv_{secrets.token_hex(RANDOM_BYTES)}"


def turn_id() -> str:
    """Of a conversation's turn that no response made; another's is its response's."""
    return f"turn_{secrets.token_hex(RANDOM_BYTES)}"


def share_token() -> str:
    """A link's secret."""
    return secrets.token_urlsafe(RANDOM_BYTES + 8)
