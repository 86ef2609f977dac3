from inference.pace import LEAST_S, LEAST_TOKENS, MOST_S, Pace


def entries(pace: Pace, *, tokens_per_s: float, for_s: float, start: float = 0.0) -> list[tuple[float, int]]:
    """When entries are made, and of how many tokens, by a response that makes a token at a time."""
    made, waiting = [], 0
    for step in range(1, round(for_s * tokens_per_s) + 1):
        now = start + step / tokens_per_s
        waiting += 1
        if pace.due(now, waiting):
            made.append((now, waiting))
            pace.logged(now)
            waiting = 0
    return made


def test_a_fast_response_is_logged_each_quarter_second() -> None:
    made = entries(Pace(0.0, 0), tokens_per_s=100, for_s=10)
    assert [tokens for _, tokens in made] == [25] * 40


def test_a_slow_response_is_logged_each_five_tokens() -> None:
    made = entries(Pace(0.0, 0), tokens_per_s=4, for_s=25)
    assert [tokens for _, tokens in made] == [LEAST_TOKENS] * 20


def test_a_very_slow_response_is_logged_within_three_seconds() -> None:
    made = entries(Pace(0.0, 0), tokens_per_s=1, for_s=30)
    assert [tokens for _, tokens in made] == [MOST_S] * 10


def test_a_pause_makes_the_next_token_due() -> None:
    pace = Pace(0.0, 0)
    assert not pace.due(0.1, 1)
    assert pace.due(3.0, 1)


def test_neither_time_nor_tokens_alone_are_enough() -> None:
    pace = Pace(0.0, 0)
    assert not pace.due(LEAST_S, LEAST_TOKENS - 1)
    assert not pace.due(LEAST_S / 2, 100)
    assert pace.due(LEAST_S, LEAST_TOKENS)


def test_fast_responses_that_begin_together_are_logged_apart() -> None:
    firsts = [entries(Pace(0.0, turn), tokens_per_s=100, for_s=0.5)[0][0] for turn in range(250)]
    each_step = [firsts.count(at) for at in sorted(set(firsts))]
    assert len(each_step) >= 20  # of the 25 steps in a quarter of a second
    assert max(each_step) <= 20


def test_slow_responses_that_begin_together_are_logged_apart() -> None:
    firsts = [entries(Pace(0.0, turn), tokens_per_s=4, for_s=5)[0][0] for turn in range(100)]
    each_step = [firsts.count(at) for at in sorted(set(firsts))]
    assert each_step == [20] * 5
