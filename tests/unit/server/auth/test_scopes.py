"""Which path needs which scope."""
import pytest

from server.auth.schemas import Scope
from server.auth.scopes import needed


@pytest.mark.parametrize(
    ("path", "scopes"),
    [("/v1/responses", {Scope.RESPONSES}), ("/v1/responses/resp_1/cancel", {Scope.RESPONSES}),
     ("/v1/models", {Scope.RESPONSES}), ("/v1/chat/completions", {Scope.RESPONSES}), ("/v1/tickets", {Scope.RESPONSES}),
     ("/v1/conversations", {Scope.CONVERSATIONS}), ("/v1/conversations/conv_1", {Scope.CONVERSATIONS}),
     ("/graphql", {Scope.RESPONSES, Scope.CONVERSATIONS}), ("/v1/account/sessions", {Scope.ACCOUNT}),
     ("/v1/keys", {Scope.ACCOUNT}), ("/v1/auth/logout", {Scope.ACCOUNT}), ("/v1/admin/users", {Scope.ADMIN}),
     ("/v1/accounting", {Scope.RESPONSES})],
)
def test_paths(path: str, scopes: set[Scope]) -> None:
    assert needed(path) == scopes
