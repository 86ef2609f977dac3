"""What each error code says to whoever reads the documents."""
from server.common.errors import Code

MEANINGS: dict[Code, str] = {
    Code.INVALID_JSON: "The body is not JSON.",
    Code.INVALID_UTF8: "The body is not UTF-8.",
    Code.INVALID_TYPE: "A field is of another type than it should be.",
    Code.INVALID_VALUE: "A field's value is none that it may have.",
    Code.MISSING_REQUIRED_PARAMETER: "A field that is required is not there.",
    Code.UNKNOWN_PARAMETER: "Nobody knows this field.",
    Code.UNSUPPORTED_PARAMETER: "The field is known, and cannot be honoured here.",
    Code.UNSUPPORTED_MEDIA_TYPE: "The body is not `application/json`.",
    Code.EMPTY_INPUT: "There is nothing to answer.",
    Code.INVALID_PROMPT: "The model's chat template cannot make a prompt of the input.",
    Code.IDEMPOTENCY_MISMATCH: "The key was used for another request.",
    Code.RESPONSE_DIVERGED: "What the number counted was made anew: read the whole response again.",
    Code.FRAME_TOO_LARGE: "The body is over the limit on its size.",
    Code.INPUT_TOO_LARGE: "All that the model is to read is over the limit on its size.",
    Code.CONTEXT_LENGTH_EXCEEDED: "Prompt and answer do not fit into the model's context.",
    Code.NOT_FOUND: "There is nothing here, or it is somebody else's.",
    Code.MODEL_NOT_FOUND: "Nobody serves this model.",
    Code.RESPONSE_NOT_FOUND: "There is no such response, or it is somebody else's.",
    Code.PREVIOUS_RESPONSE_NOT_FOUND: "There is no such response to go on from, or it is somebody else's.",
    Code.CONVERSATION_NOT_FOUND: "There is no such conversation, or it is somebody else's.",
    Code.TURN_NOT_FOUND: "There is no such turn in the conversation, or it has failed.",
    Code.SHARE_NOT_FOUND: "Nothing is shared under this link, or no longer.",
    Code.CONVERSATION_LOCKED: "An answer is still being made in this branch.",
    Code.INVALID_API_KEY: "There is no key, or it is not known here.",
    Code.FORBIDDEN_ORIGIN: "A page of another origin may not use this server with cookies.",
    Code.TOO_MANY_RESPONSES: "You have as many responses under way as one user may.",
    Code.TOO_MANY_SOCKETS: "This gateway holds as many sockets as it may.",
    Code.QUEUE_FULL: "As many responses wait for this model as may.",
    Code.QUEUE_TIMEOUT: "It has waited for as long as it may, and no worker had room.",
    Code.RELAY_UNAVAILABLE: "Redis, or every worker, is away just now.",
    Code.HISTORY_UNAVAILABLE: "The database is away just now.",
    Code.SERVICE_RESTART: "This gateway stops; another one, or this one in a moment, will do.",
    Code.WORKER_LOST: "The worker that made it has died, and no other could go on.",
    Code.ENGINE_ERROR: "The engine failed at this request.",
    Code.INTERNAL_ERROR: "Something failed on our side.",
    Code.SSO_DENIED: "You did not let the provider tell who you are.",
    Code.SSO_STATE_MISMATCH: "This browser did not begin this sign-in.",
    Code.SSO_EXPIRED: "It took too long to come back from the provider.",
    Code.SSO_REFUSED: "The provider did not sign you in.",
    Code.SSO_EMAIL_MISSING: "The provider tells no e-mail address.",
    Code.SSO_UNAVAILABLE: "The provider cannot be reached just now.",
    Code.ACCOUNT_NOT_LINKABLE: "There is an account with this address, which one of the two has not verified.",
    Code.IDENTITY_TAKEN: "The identity signs in to another account.",
    Code.LAST_SIGN_IN: "It is the last way to sign in to the account.",
}


def meaning(code: Code) -> str:
    """A sentence."""
    return MEANINGS.get(code) or f"{code.value.replace('_', ' ').capitalize()}."
