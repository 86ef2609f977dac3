"""One measurement: a client process asks one of the peers, and what all concerned have used meanwhile."""
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from tests.load.figures import tokens_within
from tests.load.histogram import percentile
from tests.load.measured import Answer
from tests.load.peers.client import STANDING
from tests.load.peers.engines import Engine
from tests.load.peers.order import Heard, Order
from tests.load.usage import Probe, cpu_s
from tests.parley import ROOT

Row = dict[str, float]


class Failed(Exception):
    """There is no measurement; says why."""


def measure(order: Order, engine: Engine, still: Sequence[Engine], seconds: float) -> Row:
    """`still` are those that stand still meanwhile. Raises Failed."""
    machine = Probe()
    with _client(order) as client:
        _line(client, STANDING)
        before, asleep, busy = _used(engine, client.pid), _asleep(still), machine.usage()
        began = time.monotonic()
        time.sleep(seconds)
        ended = time.monotonic()
        after, asleep, used = _used(engine, client.pid), _asleep(still) - asleep, machine.usage().since(busy)
        heard = _heard(client)
    check(heard, order)
    spent = {role: cpu - before.get(role, 0.0) for role, cpu in after.items()}
    took_s = ended - began
    return figures(heard, began, ended) | per_token(spent, tokens(heard, began, ended)) | {
        "client_cores": spent["client"] / took_s, "still_cores": asleep / took_s,
        "foreign_cores": max(0.0, (used.busy_s - sum(spent.values())) / took_s)}


def check(heard: Heard, order: Order) -> None:
    """Raises Failed unless every answer came whole, and of the length asked for."""
    answers = [told.answer for told in [*heard.first, *heard.others]]
    if errors := sorted({answer.error for answer in answers if answer.error}):
        raise Failed(f"answers ended with {', '.join(errors)}")
    if not heard.others:
        raise Failed("no answer came in time")
    if wrong := sorted({told.answer.tokens for told in heard.others} - {order.tokens}):
        raise Failed(f"answers of {order.tokens} tokens were asked for, and some have {wrong}")


def tokens(heard: Heard, began: float, ended: float) -> float:
    return tokens_within([told.answer for told in [*heard.first, *heard.others]], began, ended)


def figures(heard: Heard, began: float, ended: float) -> Row:
    """What the client heard between two moments. First tokens are of what was asked then.

    The pace is of what ended then: what ends later has ever fewer beside it.
    """
    others = [told.answer for told in heard.others]
    asked = [answer for answer in others if began <= answer.began < ended]
    answers = [answer for answer in others if began <= answer.began + (answer.took_s or 0.0) < ended] or others
    firsts = [answer.first_s for answer in asked or others if answer.first_s is not None]
    at_once = [told.answer.first_s for told in heard.first if told.answer.first_s is not None]
    paces = [pace for answer in answers if (pace := pace_s(answer)) is not None]
    frames, made = sum(answer.frames for answer in answers), sum(answer.tokens for answer in answers)
    return {
        "tokens_per_s": tokens(heard, began, ended) / (ended - began), "answers": float(len(asked)),
        "ttft_p50_ms": _ms(firsts, 50), "ttft_p99_ms": _ms(firsts, 99), "ttft_at_once_p50_ms": _ms(at_once, 50),
        "tpot_ms": _ms(paces, 50), "frames_per_token": frames / made,
        "prompt_tokens": sum(told.read for told in heard.first) / len(heard.first)}


def pace_s(answer: Answer) -> float | None:
    """From one token to the next; of an answer that came in one piece, what all of it took for each token."""
    if answer.took_s is not None and answer.tokens and answer.first_s is not None and answer.first_s == answer.last_s:
        return answer.took_s / answer.tokens
    return answer.per_token_s


def per_token(spent: dict[str, float], made: float) -> Row:
    us = {f"cpu_us_{role}": seconds / made * 1e6 for role, seconds in spent.items()} if made else {}
    return us | {"cpu_us_all": sum(us.values())}


def _ms(seconds: Sequence[float], percent: float) -> float:
    return (percentile(seconds, percent) or 0.0) * 1000




def _used(engine: Engine, client: int) -> dict[str, float]:
    return {**engine.cpu_s(), "client": cpu_s(client)}


def _asleep(engines: Sequence[Engine]) -> float:
    return sum(sum(engine.cpu_s().values()) for engine in engines)


@contextmanager
def _client(order: Order) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has its order."""
    words = [sys.executable, "-m", "tests.load.peers.client"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            _tell(process, msgspec.json.encode(order))
            yield process
        finally:
            process.kill()


def _tell(client: "subprocess.Popen[bytes]", line: bytes) -> None:
    assert client.stdin is not None
    client.stdin.write(line + b"\n")
    client.stdin.flush()


def _line(client: "subprocess.Popen[bytes]", wanted: bytes = b"") -> bytes:
    assert client.stdout is not None
    line = client.stdout.readline()
    if not line or (wanted and line != wanted):
        raise Failed("the client process has ended; see above")
    return line


def _heard(client: "subprocess.Popen[bytes]") -> Heard:
    _tell(client, b"")
    return msgspec.json.decode(_line(client), type=Heard)
