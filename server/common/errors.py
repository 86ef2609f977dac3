"""What can go wrong, as a client is told of it. No HTTP in here: `filters.py` says what an error is at each door.

    ApiError                    code, message, param, retryable
    ├── BadRequest              the request can never work as it is
    │   └── TooLarge            … because it is over a limit on bytes or tokens
    ├── NotFound                what it names does not exist, or is somebody else's
    ├── NotAllowed              who asks may not
    ├── LimitReached            it would work at another time or with less beside it
    ├── Unavailable             a part that it needs is away just now
    └── Failure                 our fault

Other layers' errors (the relay's) become one of these in `filters.api_error`.
"""
from enum import StrEnum


class Code(StrEnum):
    """Every error code a client can meet. `filters.TABLE` has a row for each."""

    INVALID_JSON = "invalid_json"
    INVALID_UTF8 = "invalid_utf8"
    INVALID_TYPE = "invalid_type"
    INVALID_VALUE = "invalid_value"
    MISSING_REQUIRED_PARAMETER = "missing_required_parameter"
    UNKNOWN_PARAMETER = "unknown_parameter"
    UNSUPPORTED_PARAMETER = "unsupported_parameter"
    UNSUPPORTED_IMAGE = "unsupported_image"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    EMPTY_INPUT = "empty_input"
    INVALID_PROMPT = "invalid_prompt"
    UNKNOWN_EVENT = "unknown_event"
    INVALID_QUERY = "invalid_query"
    QUERY_TOO_COMPLEX = "query_too_complex"
    BINARY_FRAME = "binary_frame"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    RESPONSE_DIVERGED = "response_diverged"
    FRAME_TOO_LARGE = "frame_too_large"
    INPUT_TOO_LARGE = "input_too_large"
    CONTEXT_LENGTH_EXCEEDED = "context_length_exceeded"
    NOT_FOUND = "not_found"
    ITEM_NOT_FOUND = "item_not_found"
    MODEL_NOT_FOUND = "model_not_found"
    RESPONSE_NOT_FOUND = "response_not_found"
    PREVIOUS_RESPONSE_NOT_FOUND = "previous_response_not_found"
    CONVERSATION_NOT_FOUND = "conversation_not_found"
    TURN_NOT_FOUND = "turn_not_found"
    SHARE_NOT_FOUND = "share_not_found"
    CONVERSATION_LOCKED = "conversation_locked"
    COUNT_DIFFERS = "count_differs"
    INVALID_API_KEY = "invalid_api_key"
    INVALID_CREDENTIALS = "invalid_credentials"
    INVALID_TICKET = "invalid_ticket"
    SESSION_ENDED = "session_ended"
    IDENTITY_CHANGED = "identity_changed"
    FORBIDDEN_ORIGIN = "forbidden_origin"
    SSO_DENIED = "sso_denied"
    SSO_STATE_MISMATCH = "sso_state_mismatch"
    SSO_EXPIRED = "sso_expired"
    SSO_REFUSED = "sso_refused"
    SSO_EMAIL_MISSING = "sso_email_missing"
    SSO_UNAVAILABLE = "sso_unavailable"
    ACCOUNT_NOT_LINKABLE = "account_not_linkable"
    IDENTITY_TAKEN = "identity_taken"
    LAST_SIGN_IN = "last_sign_in"
    EMAIL_TAKEN = "email_taken"
    INSUFFICIENT_SCOPE = "insufficient_scope"
    ACCOUNT_REQUIRED = "account_required"
    REGISTRATION_CLOSED = "registration_closed"
    ADMINISTRATOR_REQUIRED = "administrator_required"
    LAST_ADMINISTRATOR = "last_administrator"
    INVALID_PASSWORD = "invalid_password"  # noqa: S105 - a code
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    TOO_MANY_KEYS = "too_many_keys"
    TOO_MANY_LANES = "too_many_lanes"
    TOO_MANY_IN_FLIGHT_LANES = "too_many_in_flight_lanes"
    TOO_MANY_QUEUED_TURNS = "too_many_queued_turns"
    TOO_MANY_RESPONSES = "too_many_responses"
    TOO_MANY_SOCKETS = "too_many_sockets"
    QUEUE_FULL = "queue_full"
    QUEUE_TIMEOUT = "queue_timeout"
    VIEWER_BEHIND = "viewer_behind"
    WEBSOCKET_CONNECTION_LIMIT_REACHED = "websocket_connection_limit_reached"
    RELAY_UNAVAILABLE = "relay_unavailable"
    HISTORY_UNAVAILABLE = "history_unavailable"
    ACCOUNTS_UNAVAILABLE = "accounts_unavailable"
    SERVICE_RESTART = "service_restart"
    WORKER_LOST = "worker_lost"
    ENGINE_ERROR = "engine_error"
    INTERNAL_ERROR = "internal_error"


class ApiError(Exception):
    """Base of all. `message` holds no secret, path or stack trace; `param` is the field's path, `input[0].content`.

    Retryable: the same request, sent again unchanged, may work.
    """

    retryable = False
    retry_after_s: int | None = None  # where one error knows it better than its code
    response_id: str | None = None  # the response that it is about, where that is known

    def __init__(self, code: Code, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code.value}, {self.message!r}, param={self.param!r})"


class BadRequest(ApiError):
    """The request can never work as it is."""


class TooLarge(BadRequest):
    """The request is over a limit on bytes or tokens."""


class NotFound(ApiError):
    """What the request names does not exist, or is somebody else's: knowing an id is not a right to it."""


class NotAllowed(ApiError):
    """Who asks may not do this."""


class LimitReached(ApiError):
    """A limit on what goes on at once, or for how long."""

    retryable = True


class Unavailable(ApiError):
    """A part that the request needs is away just now."""

    retryable = True


class Failure(ApiError):
    """Our fault; the log says more than the client is told."""

    def __init__(
        self, code: Code = Code.INTERNAL_ERROR, message: str = "Something failed on our side.", param: str | None = None
    ) -> None:
        super().__init__(code, message, param)
