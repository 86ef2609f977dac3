"""What was said, found again: SQLite's FTS5, PostgreSQL's text search. Both take words for beginnings of words."""
from dataclasses import dataclass

from sqlalchemy import text

from server.common.database import Database

OPEN, CLOSE = "\x02", "\x03"  # around a match; no searched text holds them (`mappers.plain`)
WORDS = 24  # of a snippet

# S608: the names are the migrations', the values are bound.
_SQLITE = f"""
SELECT * FROM (
  SELECT c.id AS conversation_id, NULL AS item_id, NULL AS turn_id,
    snippet(search_conversations, 0, :open, :close, '…', {WORDS}) AS snippet
  FROM search_conversations JOIN conversations c ON c.number = search_conversations.rowid
  WHERE search_conversations MATCH :query AND c.user_id = :user
  ORDER BY search_conversations.rank LIMIT :most)
UNION ALL SELECT * FROM (
  SELECT t.conversation_id, i.id, t.id,
    snippet(search_conversation_items, 0, :open, :close, '…', {WORDS})
  FROM search_conversation_items
  JOIN conversation_items i ON i.number = search_conversation_items.rowid
  JOIN conversation_turns t ON t.id = i.turn_id
  JOIN conversations c ON c.id = t.conversation_id
  WHERE search_conversation_items MATCH :query AND c.user_id = :user
  ORDER BY search_conversation_items.rank LIMIT :most)
"""  # noqa: S608
_HEADLINE = f"'StartSel=\x02, StopSel=\x03, MaxWords={WORDS}, MinWords=8, MaxFragments=1'"
_POSTGRESQL = f"""
WITH wanted AS (SELECT to_tsquery('simple', :query) AS query),
titles AS (
  SELECT c.id AS conversation_id, c.title AS text, ts_rank(to_tsvector('simple', c.title), wanted.query) AS rank
  FROM conversations c, wanted
  WHERE to_tsvector('simple', c.title) @@ wanted.query AND c.user_id = :user
  ORDER BY rank DESC LIMIT :most),
said AS (
  SELECT t.conversation_id, i.id AS item_id, t.id AS turn_id, i.text,
    ts_rank(to_tsvector('simple', i.text), wanted.query) AS rank
  FROM wanted, conversation_items i
  JOIN conversation_turns t ON t.id = i.turn_id
  JOIN conversations c ON c.id = t.conversation_id
  WHERE to_tsvector('simple', i.text) @@ wanted.query AND c.user_id = :user
  ORDER BY rank DESC LIMIT :most)
SELECT conversation_id, NULL AS item_id, NULL AS turn_id,
  ts_headline('simple', text, wanted.query, {_HEADLINE}) AS snippet FROM titles, wanted
UNION ALL
SELECT conversation_id, item_id, turn_id, ts_headline('simple', text, wanted.query, {_HEADLINE}) FROM said, wanted
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Find:
    """A text that holds all the words: a conversation's title, or an item's. Matches stand between OPEN and CLOSE."""

    conversation_id: str
    item_id: str | None
    turn_id: str | None
    snippet: str


class SearchRepository:
    """Raises SQLAlchemy's errors when the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.is_sqlite = database.engine.dialect.name == "sqlite"

    async def find(self, user: str, words: list[str], most: int) -> list[Find]:
        """At most `most` titles and as many items of the user's that hold all the words, best first. One statement."""
        values = {"query": fts5(words) if self.is_sqlite else tsquery(words), "user": user, "most": most}
        if self.is_sqlite:
            values |= {"open": OPEN, "close": CLOSE}
        async with self.database.session() as session:
            rows = await session.execute(text(_SQLITE if self.is_sqlite else _POSTGRESQL), values)
            return [Find(*row) for row in rows]


def fts5(words: list[str]) -> str:
    """A query of FTS5's in which each word is only a word: in quotes nothing but a quote has a meaning."""
    return " AND ".join('"' + word.replace('"', '""') + '"*' for word in words)


def tsquery(words: list[str]) -> str:
    """One of PostgreSQL's; in quotes, a quote and a backslash have a meaning."""
    return " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words)
