"""The error codes as a table for `docs/protocol.md`: `python -m server.common.error_table` prints it."""
from server.common.filters import TABLE


def table() -> str:
    """Code, HTTP status, whether the same request may work later, and the close code where one ends the socket."""
    lines = ["| code | status | try again | socket |", "|---|---|---|---|"]
    for code, row in TABLE.items():
        again = "yes" if row.kind.retryable else ""
        lines.append(f"| `{code.value}` | {row.status} | {again} | {row.close or 'stays open'} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201 - this is what it is for
