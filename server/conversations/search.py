"""Full-text search in what a user has asked and was answered, and in titles."""
import re
import unicodedata

from server.common.errors import BadRequest, Code
from server.conversations.conversation_repository import ConversationRepository
from server.conversations.mappers import plain
from server.conversations.reaching import reaching_history
from server.conversations.schemas import Hit, SnippetPart
from server.conversations.search_repository import CLOSE, OPEN, Find, SearchRepository

MAX_QUERY_CHARACTERS = 500
MAX_WORDS = 16
FINDS_A_HIT = 5  # texts that are looked at for each conversation that is shown
MARKED = re.compile(f"{OPEN}(.*?){CLOSE}", re.DOTALL)


class Search:
    def __init__(self, conversations: ConversationRepository, finds: SearchRepository) -> None:
        self.conversations, self.finds = conversations, finds

    async def search(self, user: str, query: str, limit: int) -> list[Hit]:
        """Conversations that hold all words of the query (or words that begin so) in their title or in one item, each
        once, the best first; where an item holds them, too, that is what is named. Nothing in a query has another
        meaning.

        Two SQL statements. Raises BadRequest, Unavailable.
        """
        words = words_of(query)
        if not words:
            return []
        with reaching_history():
            finds = await self.finds.find(user, words, limit * FINDS_A_HIT)
            first = {find.conversation_id: find for find in sorted(reversed(finds), key=_names_an_item)}
            wanted = list(dict.fromkeys(find.conversation_id for find in finds))[:limit]
            known = await self.conversations.find_many(user, wanted) if wanted else {}
        return [
            Hit(known[name], parts(first[name].snippet), first[name].item_id, first[name].turn_id)
            for name in wanted if name in known
        ]


def _names_an_item(find: Find) -> bool:
    return find.item_id is not None


def words_of(query: str) -> list[str]:
    """Raises BadRequest for more than a query may be."""
    if len(query) > MAX_QUERY_CHARACTERS:
        raise BadRequest(
            Code.INVALID_VALUE, f"`query` should have at most {MAX_QUERY_CHARACTERS} characters.", "query")
    words = unicodedata.normalize("NFC", plain(query)).split()
    return [word for word in words if any(character.isalnum() for character in word)][:MAX_WORDS]


def parts(snippet: str) -> list[SnippetPart]:
    """A snippet in pieces: what was searched, and what stands around it."""
    made = [SnippetPart(text, index % 2 == 1) for index, text in enumerate(MARKED.split(snippet))]
    return [part for part in made if part.text]
