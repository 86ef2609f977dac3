from dataclasses import replace

import pytest

from tests.load.peers.__main__ import TINY, arguments, sizes
from tests.load.peers.comparison import PEERS, Sizes


def test_models_and_peers_are_named_with_commas_and_all_are_measured_otherwise() -> None:
    assert (arguments([]).models, arguments([]).peers) == (["tiny", "smollm2"], list(PEERS))
    given = arguments(["--models", "smollm2", "--peers", "parley_ws,vllm_server"])
    assert (given.models, given.peers) == (["smollm2"], ["parley_ws", "vllm_server"])


@pytest.mark.parametrize(("words", "said"), [
    (["--models", "tiny,large"], "nothing is named 'large'"),
    (["--streams", "1,64"], "one stream alone is measured anyway"),
    (["--streams", "many"], "'many' is no list of numbers")])
def test_what_is_not_known_is_refused(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    with pytest.raises(SystemExit):
        arguments(words)
    assert said in capsys.readouterr().err


def test_several_numbers_of_streams_are_asked_for_with_commas() -> None:
    assert sizes(arguments(["--streams", "64,256,64"])).streams == (64, 256)


def test_sizes_are_the_usual_ones_or_tiny_with_what_was_asked_for_instead() -> None:
    assert sizes(arguments([])) == Sizes()
    assert sizes(arguments(["--tiny", "--repeat", "2"])) == replace(TINY, repeat=2)
