"""Makes the parts that conversations consist of, for the composition root."""
from dataclasses import dataclass

from server.common.clock import Clock
from server.common.database import Database
from server.conversations.branch_repository import BranchRepository
from server.conversations.collection import Collection
from server.conversations.conversation_repository import ConversationRepository
from server.conversations.estate import HistoryEstate
from server.conversations.exchange import Exchange
from server.conversations.repository import ResponseRepository
from server.conversations.search import Search
from server.conversations.search_repository import SearchRepository
from server.conversations.service import ConversationService, Responses
from server.conversations.shapes import Shapes
from server.conversations.share_repository import ShareRepository
from server.conversations.sharing import Sharing
from server.conversations.titler import Model, Titler
from server.conversations.tree import ConversationTree, History
from server.conversations.tree_repository import TreeRepository

KEPT_BYTES_A_BYTE = 6  # in the database a character may be written \uXXXX


@dataclass(frozen=True, slots=True)
class ConversationServices:
    """What the routes are given."""

    conversations: ConversationService
    collection: Collection
    search: Search
    sharing: Sharing
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Conversations:
    """What is needed before responses can be made; with those, `services` and `titler` make the rest.

    `estate` is for accounts that end, and for guests that become somebody.
    """

    database: Database
    conversations: ConversationRepository
    branches: BranchRepository
    turns: TreeRepository
    responses: ResponseRepository
    estate: HistoryEstate
    tree: ConversationTree
    shapes: Shapes
    clock: Clock

    def services(self, responses: Responses) -> ConversationServices:
        service = ConversationService(
            conversations=self.conversations, branches=self.branches, turns=self.turns, tree=self.tree,
            responses=responses, shapes=self.shapes, clock=self.clock)
        return ConversationServices(
            service,
            Collection(self.conversations, responses, self.clock),
            Search(self.conversations, SearchRepository(self.database)),
            Sharing(
                conversations=service, tree=self.tree, branches=self.branches, shares=ShareRepository(self.database),
                clock=self.clock),
            Exchange(
                conversations=service, repository=self.conversations, branches=self.branches, responses=self.responses,
                tree=self.tree, shapes=self.shapes),
        )

    def titler(self, model: Model) -> Titler:
        """It is offered what ends from now on; its `run` needs an owner."""
        titler = Titler(model, self.conversations, self.clock)
        self.tree.on_end = titler.offer
        return titler


def make_conversations(
        database: Database, responses: ResponseRepository, history: History, shapes: Shapes, clock: Clock,
        max_input_bytes: int) -> Conversations:
    """`max_input_bytes` of all that a response is given."""
    conversations, branches, turns = (
        ConversationRepository(database), BranchRepository(database), TreeRepository(database))
    tree = ConversationTree(
        conversations=conversations, branches=branches, turns=turns, responses=responses, history=history,
        shapes=shapes, clock=clock, max_branch_bytes=KEPT_BYTES_A_BYTE * max_input_bytes)
    return Conversations(
        database, conversations, branches, turns, responses, HistoryEstate(database, clock), tree, shapes, clock)
