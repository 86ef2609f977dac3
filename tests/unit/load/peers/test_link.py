import json

import pytest

from tests.load.peers.link import Batches, Piece, Question, batch, completed, delta, failed, line
from tests.load.peers.turns import ResponseTurn


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_batches_come_out_whole_however_they_were_cut(size: int) -> None:
    sent = [[Piece(0, delta("é\n")), Piece(63, completed(7, 9))], [Piece(1, failed("EngineDeadError"))]]
    data = b"".join(map(batch, sent))
    batches = Batches()
    heard = [found for at in range(0, len(data), size) for found in batches.feed(data[at:at + size])]
    assert heard == sent


def test_the_frames_are_an_answer_as_any_clients_turn_hears_it() -> None:
    turn = ResponseTurn()
    assert not turn.hear(delta('say "x"'), 1.0)
    assert turn.hear(completed(2, 9), 2.0)
    assert (turn.deltas, turn.tokens, turn.read, turn.error) == (1, 2, 9, "")
    turn = ResponseTurn()
    assert turn.hear(failed("abort"), 1.0)
    assert turn.error == "abort"


def test_a_question_is_one_line() -> None:
    sent = line(Question(3, "two\nlines", 5))
    assert sent.count(b"\n") == 1
    assert json.loads(sent) == [3, "two\nlines", 5]
