"""Conversations over GraphQL, on every database: what is told, and how many SQL statements that takes."""
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from server.auth.schemas import User
from server.common.database import Database
from server.conversations.history import History
from server.graphql.context import Context
from server.graphql.errors import formatted
from server.graphql.parts import ConversationPort, ResponsePort
from server.graphql.ports import Ports
from server.graphql.schema import make_schema
from server.responses.hub import Hub, HubSettings
from server.responses.resource import fold
from server.responses.service import ResponseService
from tests.contract.server.conversation_world import World, said
from tests.unit.server.graphql.door import Answer, Models, codes
from tests.unit.server.responses.fakes import FakeRelay

SCHEMA = make_schema()


class Door(World):
    """The same, asked over GraphQL."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.relay, hub = FakeRelay(), Hub(HubSettings(), self.clock)
        hub.use(self.relay)
        self.service = ResponseService(
            relay=self.relay, hub=hub, history=History(self.relay, self.repository, fold, self.clock),
            conversations=self.tree, catalog=Models(), clock=self.clock, max_input_bytes=100_000)
        self.ports = Ports(ResponsePort(self.service), ConversationPort(self.services), Models())

    async def ask(self, document: str, user: str = "ada", /, **variables: Any) -> Answer:
        result = await SCHEMA.execute(
            document, variable_values=variables, context_value=Context(User(user), self.ports))
        return {"data": result.data, "errors": [formatted(error) for error in result.errors or ()]}

    async def data(self, document: str, user: str = "ada", /, **variables: Any) -> Any:
        answer = await self.ask(document, user, **variables)
        assert answer["errors"] == []
        return answer["data"]

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements that are executed in the block."""
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if "pragma" not in statement.lower():
                statements.append(statement)

        event.listen(self.database.engine.sync_engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(self.database.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


EVERYTHING = """{ conversations(first: 50) {
    edges { cursor node {
        id title pinned archived metadata createdAt updatedAt activeTurnId running { id }
        items(first: 2) { edges { cursor node { id type ... on Message { text } } } pageInfo { hasNextPage } }
        latest: items(first: 1, order: DESC) { edges { node { ... on Message { text } } } }
        turns(first: 3) { edges { node {
            id parentId status model siblingIds items { id } response { id text input { id } }
        } } pageInfo { hasNextPage endCursor } }
    } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
} }"""


async def talks_of(door: Door, count: int) -> None:
    for number in range(count):
        talk = await door.new()
        for turn in range(4):
            await door.turn(talk, f"question {number}.{turn}", f"answer {number}.{turn}")
        await door.turn(talk, f"other {number}", f"other answer {number}", parent="")


async def test_a_page_with_all_that_is_in_it_takes_as_many_statements_as_one_conversation(door: Door) -> None:
    counts: list[int] = []
    for _ in range(2):
        await talks_of(door, 1 if not counts else 11)
        with door.counted() as statements:
            told = await door.data(EVERYTHING)
        counts.append(len(statements))
    assert len(told["conversations"]["edges"]) == 12
    assert counts[0] == counts[1] <= 7, statements
    newest = told["conversations"]["edges"][0]["node"]
    assert newest["latest"]["edges"][0]["node"]["text"] == "other answer 10"
    [turn] = newest["turns"]["edges"]
    assert turn["node"]["response"]["text"] == "other answer 10"
    assert len(turn["node"]["siblingIds"]) == 2
    assert turn["node"]["response"]["input"][0]["id"]


async def test_pages_follow_each_other_both_ways(door: Door) -> None:
    made = [(await door.new(title=f"talk {number}")).id for number in range(5)][::-1]
    page = """query ($first: Int, $after: String, $last: Int, $before: String) {
        conversations(first: $first, after: $after, last: $last, before: $before) {
            edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

    async def ids(**window: Any) -> tuple[list[str], dict[str, Any]]:
        told = (await door.data(page, **window))["conversations"]
        return [edge["node"]["id"] for edge in told["edges"]], told["pageInfo"]

    first, info = await ids(first=2)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (made[:2], True, False)
    second, info = await ids(first=2, after=info["endCursor"])
    assert (second, info["hasNextPage"], info["hasPreviousPage"]) == (made[2:4], True, True)
    back, info = await ids(last=1, before=info["startCursor"])
    assert (back, info["hasNextPage"], info["hasPreviousPage"]) == (made[1:2], True, True)
    third, info = await ids(first=2, after=made[3])
    assert (third, info["hasNextPage"]) == (made[4:], False)
    for wrong in ({"first": 0}, {"first": 101}, {"last": 1}, {"first": 1, "last": 1, "before": made[1]},
                  {"after": "conv_none"}):
        assert codes(await door.ask(page, **wrong)) == ["invalid_value"]


async def test_items_and_turns_a_page_at_a_time(door: Door) -> None:
    talk = await door.new()
    for number in range(3):
        await door.turn(talk, f"q{number}", f"a{number}")
    for what, count in (("items", 6), ("turns", 3)):
        page = f"""query ($id: ID!, $after: String, $order: Order!) {{ conversation(id: $id) {{
            {what}(first: 2, after: $after, order: $order) {{ edges {{ cursor }} pageInfo {{ hasNextPage endCursor }} }}
        }} }}"""
        seen: dict[str, list[str]] = {}
        for order in ("ASC", "DESC"):
            seen[order], after, more = [], None, True
            while more:
                told = (await door.data(page, id=talk.id, after=after, order=order))["conversation"][what]
                seen[order] += [edge["cursor"] for edge in told["edges"]]
                after, more = told["pageInfo"]["endCursor"], told["pageInfo"]["hasNextPage"]
        assert len(set(seen["ASC"])) == count
        assert seen["ASC"] == seen["DESC"][::-1]


async def test_a_conversation_is_made_changed_and_forgotten(door: Door) -> None:
    made = (await door.data(
        "mutation ($input: CreateConversation) { createConversation(input: $input) { id title metadata } }",
        input={"title": "A talk", "metadata": {"a": "b"}, "items": [said("Hello")]}))["createConversation"]
    assert (made["title"], made["metadata"]) == ("A talk", {"a": "b"})
    name = made["id"]
    for mutation, told in (
            ('renameConversation(id: $id, title: "Another")', {"title": "Another", "pinned": False, "archived": False}),
            ("pinConversation(id: $id)", {"title": "Another", "pinned": True, "archived": False}),
            ("archiveConversation(id: $id)", {"title": "Another", "pinned": True, "archived": True}),
            ("pinConversation(id: $id, pinned: false)", {"title": "Another", "pinned": False, "archived": True})):
        query = f"mutation ($id: ID!) {{ it: {mutation} {{ title pinned archived }} }}"
        assert (await door.data(query, id=name))["it"] == told
    node = "query ($id: ID!) { node(id: $id) { __typename id } conversation(id: $id) { id } }"
    assert (await door.data(node, id=name))["node"] == {"__typename": "Conversation", "id": name}
    forget = "mutation ($id: ID!) { deleteConversation(id: $id) }"
    assert (await door.data(forget, id=name)) == {"deleteConversation": name}
    assert (await door.data(node, id=name)) == {"node": None, "conversation": None}
    assert codes(await door.ask(forget, id=name)) == ["conversation_not_found"]


@pytest.mark.parametrize(("input", "code"), [
    ({"title": " "}, "invalid_value"), ({"metadata": {"a": 1}}, "invalid_type"),
    ({"items": [{"type": "x"}]}, "invalid_value"),
])
async def test_what_is_wrong_with_it_has_the_code_of_the_other_doors(
        door: Door, input: dict[str, Any], code: str) -> None:
    query = "mutation ($input: CreateConversation) { createConversation(input: $input) { id } }"
    assert codes(await door.ask(query, input=input)) == [code]


async def test_a_question_is_edited_and_an_answer_made_anew(door: Door) -> None:
    talk = await door.new()
    first = await door.turn(talk, "one", "1")
    second = await door.turn(talk, "two", "2")
    edit = """mutation ($talk: ID!, $turn: ID!, $input: CreateResponse!) {
        editQuestion(conversation: $talk, turn: $turn, input: $input) { id } }"""
    edited = (await door.data(edit, talk=talk.id, turn=second, input={"text": "deux"}))["editQuestion"]["id"]
    request = door.relay.requests[edited]
    assert (request.conversation, request.parent) == (talk.id, first)
    assert [item["content"][0]["text"] for item in request.input] == ["one", "1", "deux"]
    again = """mutation ($talk: ID!, $turn: ID!, $input: CreateResponse) {
        regenerate(conversation: $talk, turn: $turn, input: $input) { id } }"""
    made = (await door.data(again, talk=talk.id, turn=first, input={"temperature": 0.5}))["regenerate"]["id"]
    request = door.relay.requests[made]
    assert (request.conversation, request.parent, request.sampling.temperature) == (talk.id, "", 0.5)
    assert [item["content"][0]["text"] for item in request.input] == ["one"]
    siblings = "query ($talk: ID!, $turn: ID!) { siblings(conversation: $talk, turn: $turn) { id } }"
    told = (await door.data(siblings, talk=talk.id, turn=second))["siblings"]
    assert [turn["id"] for turn in told] == [second, edited]
    branch = "mutation ($talk: ID!, $turn: ID!) { branchConversation(id: $talk, turn: $turn) { activeTurnId } }"
    assert (await door.data(branch, talk=talk.id, turn=second))["branchConversation"]["activeTurnId"] == second
    assert codes(await door.ask(edit, talk=talk.id, turn="resp_none", input={"text": "x"})) == ["turn_not_found"]
    for wrong in ({"text": "x", "conversation": talk.id}, {"text": "x", "parent": None}):
        assert codes(await door.ask(edit, talk=talk.id, turn=second, input=wrong)) == ["invalid_value"]
    assert codes(await door.ask(again, talk=talk.id, turn=first, input={"text": "x"})) == ["invalid_value"]


async def test_a_response_is_made_in_a_conversation(door: Door) -> None:
    talk = await door.new()
    first = await door.turn(talk, "one", "1")
    create = "mutation ($input: CreateResponse!) { createResponse(input: $input) { id conversationId } }"
    for place, parent in (({}, first), ({"parent": first}, first), ({"parent": None}, "")):
        await door.conversations.branch("ada", talk.id, first)
        told = (await door.data(create, input={"text": "x", "conversation": talk.id, **place}))["createResponse"]
        assert door.relay.requests[told["id"]].parent == parent
        assert told["conversationId"] == talk.id
    assert codes(await door.ask(create, input={"text": "x", "parent": first})) == ["missing_required_parameter"]
    assert codes(await door.ask(create, "eve", input={"text": "x", "conversation": talk.id})) == [
        "conversation_not_found"]


async def test_what_was_said_is_found(door: Door) -> None:
    talk = await door.new(title="Animals")
    turn = await door.turn(talk, "Where do penguins live?", "In the south.")
    search = """query ($query: String!) { search(query: $query) {
        conversation { id items(first: 1) { edges { cursor } } } snippet { text match } turnId itemId } }"""
    with door.counted() as statements:
        [hit] = (await door.data(search, query="penguin"))["search"]
    assert (hit["conversation"]["id"], hit["turnId"]) == (talk.id, turn)
    assert "penguins" in [part["text"] for part in hit["snippet"] if part["match"]]
    assert len(statements) <= 3
    assert (await door.data(search, "eve", query="penguin"))["search"] == []


async def test_somebody_elses_conversation_is_not_there(door: Door) -> None:
    talk = await door.new()
    turn = await door.turn(talk, "secret", "yes")
    read = """query ($id: ID!) {
        conversation(id: $id) { id } node(id: $id) { id } conversations { edges { cursor } } }"""
    assert (await door.data(read, "eve", id=talk.id)) == {
        "conversation": None, "node": None, "conversations": {"edges": []}}
    for mutation in (
            'renameConversation(id: $id, title: "x") { id }', "pinConversation(id: $id) { id }",
            "archiveConversation(id: $id) { id }", "deleteConversation(id: $id)",
            "branchConversation(id: $id, turn: $turn) { id }",
            'editQuestion(conversation: $id, turn: $turn, input: {text: "x"}) { id }',
            "regenerate(conversation: $id, turn: $turn) { id }"):
        variables = "$id: ID!, $turn: ID!" if "$turn" in mutation else "$id: ID!"
        answer = await door.ask(f"mutation ({variables}) {{ {mutation} }}", "eve", id=talk.id, turn=turn)
        assert codes(answer) == ["conversation_not_found"], mutation
    siblings = "query ($id: ID!, $turn: ID!) { siblings(conversation: $id, turn: $turn) { id } }"
    assert codes(await door.ask(siblings, "eve", id=talk.id, turn=turn)) == ["conversation_not_found"]
    assert (await door.data(read, id=talk.id))["conversation"] == {"id": talk.id}


async def test_a_page_of_pages_costs_too_much(door: Door) -> None:
    with door.counted() as statements:
        answer = await door.ask(
            "{ conversations(first: 100) { edges { node { items(first: 100) { edges { node { id } } } } } } }")
    assert (codes(answer), statements) == (["query_too_complex"], [])
