"""When somebody was last here, whatever has become of the session or token."""
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("last_seen_at", sa.Double()))
    op.execute(
        "UPDATE accounts SET last_seen_at = "
        "(SELECT max(sessions.last_seen_at) FROM sessions WHERE sessions.user_id = accounts.id)")


def downgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.drop_column("last_seen_at")
