import asyncio
from pathlib import Path

from inference.engine.port import Generation, Output
from relay.job import Sampling
from tests.load.relay.engine import StampingEngine
from tests.load.relay.ledger import Ledger


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def generation(name: str, tokens: int = 1000) -> Generation:
    return Generation(name, [], Sampling(max_output_tokens=tokens))


async def take(engine: StampingEngine) -> list[Output]:
    async with asyncio.timeout(5):
        return await engine.outputs()


async def test_tokens_tell_when_they_were_due_however_late_they_are_taken(tmp_path: Path) -> None:
    clock = Clock()
    engine = StampingEngine(20.0, spread=False, ledger=Ledger(tmp_path / "ledger"), clock=clock)
    await engine.add(generation("a"))
    (first,) = await take(engine)
    clock.now += 0.125  # two and a half steps
    (late,) = await take(engine)
    assert first.text == "100000000 "
    assert late.text.split() == ["100050000", "100100000"]
    assert (late.tokens, late.output_tokens) == ([1, 1], 3)


async def test_spread_responses_take_their_turns_and_those_in_step_come_at_once(tmp_path: Path) -> None:
    clock = Clock()
    for spread in (False, True):
        engine = StampingEngine(20.0, spread=spread, ledger=Ledger(tmp_path / f"ledger-{spread}"), clock=clock)
        for name in "abc":
            await engine.add(generation(name))
        outputs = await take(engine)
        assert len(outputs) == (1 if spread else 3)
        clock.now += 0.0499
        if spread:
            assert {output.response_id for output in await take(engine)} == {"b", "c"}


async def test_an_answer_ends_at_its_length_and_an_aborted_one_says_so(tmp_path: Path) -> None:
    clock = Clock()
    ledger = Ledger(tmp_path / "ledger")
    engine = StampingEngine(20.0, spread=False, ledger=ledger, clock=clock)
    await engine.add(generation("a", tokens=1))
    await engine.add(generation("b"))
    outputs = {output.response_id: output.finish for output in await take(engine)}
    assert outputs == {"a": "length", "b": None}
    engine.abort("b")
    engine.abort("never seen")
    assert [(output.response_id, output.finish) for output in await take(engine)] == [("b", "cancelled")]
    read = Ledger(tmp_path / "ledger")
    assert (read.tokens, read.running) == (2, 1)
    assert read.engine_s > 0
