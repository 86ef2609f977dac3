"""The events of finished responses, so that a stream can be taken up though Redis has forgotten them."""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("responses") as table:
        table.add_column(sa.Column("events", sa.LargeBinary()))


def downgrade() -> None:
    with op.batch_alter_table("responses") as table:
        table.drop_column("events")
