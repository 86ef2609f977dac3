from tests.load.peers.order import LEAST_TOKENS, stagger


def test_first_answers_end_evenly_over_the_time_of_one_whole_answer() -> None:
    assert [stagger(stream, 4, 128) - LEAST_TOKENS for stream in range(4)] == [0, 32, 64, 96]
    assert stagger(0, 1, 16) == LEAST_TOKENS
