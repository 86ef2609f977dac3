"""What a close code means for the streams of the socket (RFC 6455, 7.4.1)."""
import re

from parley_client.errors import ConnectionLostError, NotAllowedError, ParleyError, RequestError

TOO_LARGE = 1009
_ERROR_CODE = re.compile(r"[a-z][a-z_]*")

_FATAL: dict[int, tuple[type[ParleyError], str, str]] = {
    1002: (RequestError, "protocol_error", "The server does not understand this client."),
    1003: (RequestError, "unsupported_data", "The server does not take what this client sends."),
    1007: (RequestError, "invalid_utf8", "What was sent is not UTF-8."),
    1008: (NotAllowedError, "policy_violation", "The server does not let this client in."),
    TOO_LARGE: (RequestError, "frame_too_large", "The message is over the server's limit; send less."),
    1010: (RequestError, "missing_extension", "The server lacks an extension that this client needs."),
}


def fatal_error(code: int, reason: str) -> ParleyError | None:
    """The error where coming back is of no use; None where the client should connect again and resume.

    A reason of the server's own is an error code; what its WebSocket library says is prose.
    """
    if code not in _FATAL:
        return None
    kind, error_code, message = _FATAL[code]
    return kind(reason if _ERROR_CODE.fullmatch(reason) else error_code, message)


def lost_error(code: int, reason: str, patience_s: float) -> ParleyError:
    """The error of a stream that waits for a connection, if its patience ends before there is one."""
    why = f": {reason}" if reason else ""
    return ConnectionLostError(
        "connection_lost", f"There was no connection for {patience_s:g} seconds ({code}{why}).")
