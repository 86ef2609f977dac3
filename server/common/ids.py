"""New ids. A response's id names its relay cell; item ids only have to be unique."""
import secrets

RANDOM_BYTES = 16  # 32 hexadecimal digits: nobody guesses one, though knowing one is no right to it


def response_id(cell: str = "0") -> str:
    """`resp_` + the cell + 32 hexadecimal digits."""
    return f"resp_{cell}{secrets.token_hex(RANDOM_BYTES)}"


def item_id(prefix: str) -> str:
    """An item's id, as `msg_…` or `fc_…`."""
    return f"{prefix}_{secrets.token_hex(RANDOM_BYTES)}"
