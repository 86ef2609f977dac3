"""What is waiting is merged per response, in order, and a waiter is woken."""
import asyncio

from inference.engine.outbox import Outbox
from inference.engine.port import Output
from relay.events import Logprob


def output(response_id: str, text: str, token: int, **fields: object) -> Output:
    return Output(response_id, text, [token], [Logprob(text, -1.0)], **fields)  # type: ignore[arg-type]


def test_outputs_of_one_response_are_merged_and_the_order_of_responses_kept() -> None:
    outbox = Outbox()
    outbox.put(output("a", "one ", 1, input_tokens=5, output_tokens=1))
    outbox.put(output("b", "uno", 9))
    outbox.put(output("a", "two", 2, finish="stop", message="m", input_tokens=5, cached_tokens=4, output_tokens=2))

    first, second = outbox.take()

    assert first == Output(
        "a", "one two", [1, 2], [Logprob("one ", -1.0), Logprob("two", -1.0)], "stop", "m", 5, 4, 2
    )
    assert (second.response_id, second.text) == ("b", "uno")
    assert outbox.take() == []


async def test_wait_returns_at_once_when_there_is_something() -> None:
    outbox = Outbox()
    outbox.put(output("a", "x", 1))
    await outbox.wait()


async def test_wait_returns_when_something_comes() -> None:
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.put(output("a", "x", 1))
    await waiting


async def test_wait_returns_when_woken_and_when_the_time_is_up() -> None:
    outbox = Outbox()
    outbox.wake()
    await outbox.wait()
    assert outbox.take() == []
    await outbox.wait(0.001)
