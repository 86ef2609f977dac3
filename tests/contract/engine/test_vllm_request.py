"""From a request to vLLM's sampling parameters; needs vLLM, but no engine."""
from typing import Any

import pytest

from inference.engine.port import Generation
from relay.job import Sampling

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(200), pytest.mark.filterwarnings("default")]

MODEL_DEFAULTS = {"temperature": 0.2, "top_p": 0.9, "repetition_penalty": 1.1}


def parameters(defaults: dict[str, Any], room: int = 100, **fields: Any) -> Any:
    from inference.engine.vllm.request import sampling_parameters

    return sampling_parameters(Generation("r", [], Sampling(**fields)), defaults, room)


def test_what_a_request_does_not_set_comes_from_the_model() -> None:
    made = parameters(MODEL_DEFAULTS, top_p=0.5, seed=7, stop=["x"], top_k=3, min_p=0.1)

    assert (made.temperature, made.top_p, made.repetition_penalty) == (0.2, 0.5, 1.1)
    assert (made.seed, made.stop, made.top_k, made.min_p) == (7, ["x"], 3, 0.1)


def test_zero_is_set_and_not_the_default() -> None:
    assert parameters(MODEL_DEFAULTS, temperature=0.0).temperature == 0.0


@pytest.mark.parametrize(("defaults", "asked", "given"), [
    ({}, None, 100), ({}, 7, 7), ({}, 1000, 100), ({"max_tokens": 9}, None, 9), ({"max_tokens": 9}, 20, 20),
])
def test_the_length_is_asked_for_or_the_model_s_or_what_there_is_room_for(
    defaults: dict[str, Any], asked: int | None, given: int
) -> None:
    assert parameters(defaults, max_output_tokens=asked).max_tokens == given


@pytest.mark.parametrize(("fields", "given"), [
    ({}, None), ({"top_logprobs": 3}, None), ({"logprobs": True}, 0), ({"logprobs": True, "top_logprobs": 3}, 3),
])
def test_logprobs(fields: dict[str, Any], given: int | None) -> None:
    assert parameters({}, **fields).logprobs == given


def test_every_seed_is_one() -> None:
    seeds = [parameters({}, seed=seed).seed for seed in (-1, 0, 1, -2)]

    assert None not in seeds
    assert len(set(seeds)) == 4
    assert parameters({}).seed is None
