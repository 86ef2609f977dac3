"""Going on: every door, in every state of a response, with every kind of cursor, at every gateway, for anybody.

One response a state, and all who take it up at once.
"""
import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection

from tests.integration.server.doors import DOORS, Ask, Door, Told
from tests.integration.server.talk import (
    Event,
    expected,
    kinds,
    numbers,
    output_text,
    receive,
    send,
    socket_to,
    text_of,
    until,
    until_end,
)
from tests.parley import Parley

pytestmark = pytest.mark.timeout(120)  # a thousand readers in all
OWNER, STRANGER = "owner", "stranger"
CURSORS: dict[str, str | None] = {  # "seen" is the last number that the asker had read when the others came
    "none": None, "the beginning": "-1", "the first": "0", "seen": "", "a hole": "500", "beyond": "1000000000",
    "negative": "-2", "nonsense": "x1", "a fraction": "1.5", "too large": "9" * 19,
}
BAD_NUMBERS = ("negative", "nonsense", "a fraction", "too large")


@pytest.fixture(scope="module")
def two() -> Iterator[Parley]:
    with Parley(gateways=2, settings={"synthetic_tokens_per_s": "100", "capacity": "8"}) as installation:
        yield installation


class Asked:
    """A response that was asked for at the first gateway, and what its asker was told."""

    def __init__(self, parley: Parley, socket: ClientConnection, text: str, **fields: Any) -> None:
        self.parley, self.socket, self.text = parley, socket, text
        self.create = {"input": text, "idempotency_key": f"key of {text}".replace(" ", "-"), **fields}
        self.events: list[Event] = []
        self.seen = -1

    async def begin(self, *, until_kind: str) -> None:
        await send(self.socket, **self.create)
        self.events = await until(self.socket, until_kind)
        self.seen = self.events[-1]["sequence_number"]

    @property
    def response_id(self) -> str:
        found: str = self.events[0]["response"]["id"]
        return found

    async def end(self) -> None:
        self.events += await until_end(self.socket)

    def asks(self, http: httpx.AsyncClient) -> list[tuple[str, Door, Ask]]:
        """All of the table, with a name for each cell."""
        cells = []
        for door in DOORS:
            for gateway in (0, 1):
                for user in (OWNER, STRANGER):
                    for kind, cursor in CURSORS.items():
                        number = str(self.seen) if kind == "seen" else cursor
                        ask = Ask(self.parley, http, gateway, user, self.response_id, number, self.create)
                        if user is OWNER or number is not None or door is not DOORS[-1]:  # else it is just asked anew
                            cells.append((f"{door.__name__}, gateway {gateway + 1}, {user}, {kind}", door, ask))
        return cells


def verdict(asked: Asked, name: str, told: Told) -> str:
    """Empty if this cell of the table was told what it should have been."""
    _, _, user, kind = name.split(", ")
    if kind in BAD_NUMBERS:
        return "" if told.code in ("invalid_value", "invalid_type") and not told.events else "not refused"
    if user == STRANGER:
        return "" if told.code == "response_not_found" and not told.events else "not refused"
    if kind in ("a hole", "beyond"):
        return "" if told.code == "response_diverged" and not told.events else "no divergence"
    if told.code:
        return "refused"
    after = {"none": -1, "the beginning": -1, "the first": 0, "seen": asked.seen}[kind]
    if numbers(told.events) != sorted(set(numbers(told.events))) or numbers(told.events)[0] <= after:
        return "numbers"
    if (after == -1) != (told.events[0]["type"] == "response.created"):
        return "the beginning"
    if told.events[-1] != asked.events[-1]:
        return "the end"
    before = text_of([event for event in asked.events if event["sequence_number"] <= after])
    return "" if before + text_of(told.events) == expected(asked.text) else "the text"


async def take_up(asked: Asked) -> "asyncio.Task[dict[str, Told]]":
    """Everybody at once."""
    async def all_of_them() -> dict[str, Told]:
        async with httpx.AsyncClient(limits=httpx.Limits()) as http:
            cells = asked.asks(http)
            told = await asyncio.gather(*[door(ask) for _, door, ask in cells], return_exceptions=True)
        return {
            name: Told(code=repr(one)) if isinstance(one, BaseException) else one
            for (name, _, _), one in zip(cells, told, strict=True)
        }

    return asyncio.create_task(all_of_them())


def check(asked: Asked, told: dict[str, Told]) -> None:
    assert text_of(asked.events) == expected(asked.text)
    wrong = {name: (fault, one.code, kinds(one.events)) for name, one in told.items()
             if (fault := verdict(asked, name, one))}
    assert wrong == {}
    assert len(told) == len(DOORS) * 2 * 2 * len(CURSORS) - 2


def check_merged(told: dict[str, Told]) -> None:
    """What lay there already came as one delta, not as all those that it was made of."""
    whole = [one.events for name, one in told.items() if name.endswith(f"{OWNER}, none")]
    assert len(whole) == 2 * len(DOORS)
    for events in whole:
        assert [event["type"] for event in events].count("response.output_text.delta") == 1


async def restart_gateways(parley: Parley) -> None:
    """They hold nothing any more of what they knew."""
    for number in (1, 2):
        await asyncio.to_thread(parley.end, f"gateway-{number}")
    for number in (1, 2):
        parley.start_gateway(number)
    await asyncio.to_thread(parley.wait_ready)


async def test_while_it_waits(two: Parley) -> None:
    two.end("worker-1")
    async with socket_to(two.ws_url, key=OWNER) as socket:
        asked = Asked(two, socket, "queued [[tokens=60]]")
        await asked.begin(until_kind="response.queued")
        told = await take_up(asked)
        viewers = len(DOORS) * 2 * 6  # those with a number that may come to be
        await two.until(lambda: two.total("parley_viewers") == viewers + 1, "all to follow it")
        two.start_worker(1)
        await asked.end()
        check(asked, await told)


async def test_while_it_runs(two: Parley) -> None:
    async with socket_to(two.ws_url, key=OWNER) as socket:
        asked = Asked(two, socket, "running [[tokens=500]]")
        await asked.begin(until_kind="response.output_text.delta")
        while len(asked.events) < 20:
            asked.events.append(await receive(socket))
        asked.seen = asked.events[-1]["sequence_number"]
        told = await take_up(asked)
        await asked.end()
        check(asked, await told)


async def test_after_its_end(two: Parley) -> None:
    async with socket_to(two.ws_url, key=OWNER) as socket:
        asked = Asked(two, socket, "ended [[tokens=60]]")
        await asked.begin(until_kind="response.output_text.delta")
        await asked.end()
    told = await (await take_up(asked))
    check(asked, told)
    check_merged(told)


async def test_when_redis_has_forgotten_it(two: Parley) -> None:
    async with socket_to(two.ws_url, key=OWNER) as socket:
        asked = Asked(two, socket, "stored [[tokens=60]]")
        before = two.total("parley_recorded_total")
        await asked.begin(until_kind="response.output_text.delta")
        await asked.end()
    await two.until(lambda: two.total("parley_recorded_total") == before + 1, "it to be recorded")
    two.forget_ended()
    await restart_gateways(two)
    told = await (await take_up(asked))
    check(asked, told)
    check_merged(told)
    with two.redis.client() as redis:
        assert not redis.exists(f"parley:{{0}}:job:{asked.response_id}", f"parley:{{0}}:log:{asked.response_id}")
    assert output_text(asked.events[-1]["response"]) == expected(asked.text)


async def test_when_nobody_has_it_any_more(two: Parley) -> None:
    async with socket_to(two.ws_url, key=OWNER) as socket:
        asked = Asked(two, socket, "gone [[tokens=60]]", store=False)
        await asked.begin(until_kind="response.output_text.delta")
        await asked.end()
    two.forget_ended()
    await restart_gateways(two)
    told = await (await take_up(asked))
    unknown = {name: one.code for name, one in told.items() if not name.endswith(BAD_NUMBERS)}
    assert set(unknown.values()) == {"response_not_found"}
    assert two.total("parley_responses_total") == 0, "nothing was made anew"
