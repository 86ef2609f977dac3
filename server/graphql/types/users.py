"""Who asks."""
import strawberry

from server.auth.schemas import User
from server.graphql.types.nodes import Node


@strawberry.type(description="Whoever asks.")
class Account(Node):
    is_administrator: bool
    has_account: bool = strawberry.field(description="False for guests, and for keys out of the settings.")


def account(user: User) -> Account:
    return Account(id=strawberry.ID(user.id), is_administrator=user.admin, has_account=user.has_account)
