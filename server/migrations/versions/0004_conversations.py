"""Conversations: trees of turns with their items, links to share them, and what is searched of them."""
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
SEARCHED = (("conversations", "title"), ("conversation_items", "text"))


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(80), nullable=False, unique=True),
        sa.Column("user_id", sa.String(80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_by", sa.String(20), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("active_turn_id", sa.String(80)),
    )
    op.create_index("conversations_of_user", "conversations", ["user_id", "updated_at"])
    op.create_table(
        "conversation_turns",
        sa.Column("id", sa.String(80), primary_key=True),
        _of_conversation(),
        sa.Column("parent_id", sa.String(80)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
    )
    op.create_index("turns_of_conversation", "conversation_turns", ["conversation_id", "parent_id"])
    op.create_table(
        "conversation_items",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column(
            "turn_id", sa.String(80), sa.ForeignKey("conversation_turns.id", ondelete="CASCADE"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("items_of_turn", "conversation_items", ["turn_id", "place"])
    op.create_index("items_by_id", "conversation_items", ["id"])
    op.create_table(
        "conversation_shares",
        sa.Column("token", sa.String(80), primary_key=True),
        _of_conversation(),
        sa.Column("turn_id", sa.String(80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
    )
    op.create_index("shares_of_conversation", "conversation_shares", ["conversation_id"])
    op.create_table(
        "former_users",
        sa.Column("user_id", sa.String(80), primary_key=True),
        sa.Column("successor", sa.String(80)),
        sa.Column("left_at", sa.Double(), nullable=False),
    )
    for table, column in SEARCHED:
        _make_searchable(table, column)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        for table, _ in SEARCHED:
            op.execute(f"DROP TABLE search_{table}")
    for table in (
            "former_users", "conversation_shares", "conversation_items", "conversation_turns", "conversations"):
        op.drop_table(table)


def _of_conversation() -> sa.Column[str]:
    return sa.Column(
        "conversation_id", sa.String(80), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)


def _make_searchable(table: str, column: str) -> None:
    """SQLite: a table of FTS5's that keeps no second copy of the text, and follows it by triggers."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX search_{table} ON {table} USING gin (to_tsvector('simple', {column}))")
        return
    index = f"search_{table}"
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5({column}, content='{table}', content_rowid='number', "
        "tokenize='unicode61 remove_diacritics 2')")
    put = f"INSERT INTO {index}(rowid, {column}) VALUES (new.number, new.{column});"  # noqa: S608 - names from above
    take = f"INSERT INTO {index}({index}, rowid, {column}) VALUES ('delete', old.number, old.{column});"  # noqa: S608
    for verb, steps in (("INSERT", put), ("DELETE", take), (f"UPDATE OF {column}", take + put)):
        name = f"{index}_{verb.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} BEGIN {steps} END")
