"""Which path needs which scope of an API key: one table for all domains, so that no route can forget to ask."""
from server.auth.schemas import Scope

PREFIXES: tuple[tuple[str, frozenset[Scope]], ...] = (
    ("/v1/admin", frozenset({Scope.ADMIN})),
    ("/v1/auth", frozenset({Scope.ACCOUNT})),
    ("/v1/account", frozenset({Scope.ACCOUNT})),
    ("/v1/keys", frozenset({Scope.ACCOUNT})),
    ("/v1/conversations", frozenset({Scope.CONVERSATIONS})),
    ("/graphql", frozenset({Scope.RESPONSES, Scope.CONVERSATIONS})),
)
ANYTHING_ELSE = frozenset({Scope.RESPONSES})


def needed(path: str) -> frozenset[Scope]:
    """All of these."""
    for prefix, scopes in PREFIXES:
        if path == prefix or path.startswith(f"{prefix}/"):
            return scopes
    return ANYTHING_ELSE
