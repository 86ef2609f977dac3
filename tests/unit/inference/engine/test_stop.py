"""Stop strings are found wherever the text is cut, and nothing of them is ever shown."""
from hypothesis import given
from hypothesis import strategies as st

from inference.engine.stop import StopFinder


def run(pieces: list[str], stops: list[str]) -> tuple[list[str], bool]:
    finder, shown = StopFinder(stops), []
    for piece in pieces:
        text, stopped = finder.feed(piece)
        shown.append(text)
        if stopped:
            return shown, True
    return [*shown, finder.flush()], False


def test_text_without_a_beginning_of_a_stop_passes_at_once() -> None:
    assert run(["abc", "def"], ["xyz"]) == (["abc", "def", ""], False)


def test_a_stop_across_pieces_is_found_and_what_follows_is_dropped() -> None:
    assert run(["ab E", "N", "D cd"], ["END"]) == (["ab ", "", ""], True)


def test_what_only_began_like_a_stop_is_shown_when_that_is_certain() -> None:
    assert run(["ab EN", "T"], ["END"]) == (["ab ", "ENT", ""], False)


def test_what_may_still_become_a_stop_is_shown_at_the_end() -> None:
    assert run(["ab EN"], ["END"]) == (["ab ", "EN"], False)


def test_of_two_stops_the_one_that_is_complete_first_counts() -> None:
    assert run(["a bcde f"], ["bcde f", "cd"]) == (["a b"], True)


def test_a_stop_that_contains_its_own_beginning() -> None:
    assert run(["a", "a", "a", "b"], ["aab"]) == (["", "", "a", ""], True)


@given(st.text("ab", max_size=30), st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=3), st.data())
def test_how_the_text_is_cut_makes_no_difference(text: str, stops: list[str], data: st.DataObject) -> None:
    """Given token by token, as engines do: a stop is looked for after each piece."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    whole, cut = run(list(text), stops), run(pieces, stops)

    assert cut[1] == whole[1] == any(stop in text for stop in stops)
    assert "".join(cut[0]) == "".join(whole[0])
    assert not any(stop in "".join(cut[0]) for stop in stops)
