"""A tiny random-weight Llama for tests that need a real engine's speed, not its sense.

About a million parameters, a byte-level BPE tokenizer of its own (so any UTF-8 text works, and output holds halves of
characters), a ChatML-like template. Needs the worker's environment; `python -m tests.tiny_model FOLDER` makes one.
"""
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

SEED = 7
CONTEXT_TOKENS = 2048
VOCABULARY = 512
BEGIN, END, PAD = "<|im_start|>", "<|im_end|>", "<|endoftext|>"

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

TRAINING_TEXT = """
A gateway holds the sockets, and a worker owns the engine. Prompts wait in a queue until there is room; then many of
them run at once, and each step makes one token for every one that runs. The tokens travel back to whoever follows the
answer. When somebody presses stop, the engine hears of it within the second, and the room is given to the next one.
What is the capital of France? What is the capital of Japan? Tell me a story about a river that runs to the sea.
The quick brown fox jumps over the lazy dog, and the dog does not mind: it is a warm day, and there is nothing to do.
Wie heißt die Hauptstadt von Österreich? Où est la gare, s'il vous plaît? ¿Dónde está la biblioteca? Добрый день!
今日は良い天気です。你好 世界。 0 1 2 3 4 5 6 7 8 9, 10 or 100; yes, no, maybe. def add(a, b): return a + b 🙂 🚀
"""


def make_tiny_model(folder: Path) -> Path:
    """Make the model in `folder` unless it is there already; the same bytes each time. Returns the folder.

    It appears in one rename, so two callers cannot see each other's halves.
    """
    if (folder / "config.json").is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        made = Path(temporary) / "model"
        _save_tokenizer(made)
        _save_weights(made)
        try:
            made.rename(folder)
        except OSError:
            if not (folder / "config.json").is_file():  # not merely another caller who was faster
                raise
    return folder


def _save_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = byte_level(Tokenizer(models.BPE()))
    tokenizer.train_from_iterator(TRAINING_TEXT.splitlines(), trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[PAD, BEGIN, END], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    save_tokenizer(tokenizer, folder, CONTEXT_TOKENS)


def byte_level(tokenizer: Any) -> Any:
    """Have a tokenizer of the library `tokenizers` work on bytes."""
    from tokenizers import decoders, pre_tokenizers

    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def save_tokenizer(tokenizer: Any, folder: Path, context_tokens: int) -> None:
    """With our marks and chat template, as transformers and vLLM read it."""
    from transformers import PreTrainedTokenizerFast

    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, additional_special_tokens=[BEGIN],
        model_input_names=["input_ids", "attention_mask"], model_max_length=context_tokens,
        clean_up_tokenization_spaces=False)
    fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(folder)
    _change(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")  # older readers know no other


def _save_weights(folder: Path) -> None:
    """Untied and with large initial weights: otherwise it would repeat one token for ever and prove nothing."""
    import torch
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=128, intermediate_size=384, num_hidden_layers=4,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=CONTEXT_TOKENS,
        tie_word_embeddings=False, initializer_range=0.15, bos_token_id=None, eos_token_id=2, pad_token_id=0,
        dtype="float32")
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(eos_token_id=2, pad_token_id=0)
    model.save_pretrained(folder)
    _change(folder / "config.json", rope_theta=10_000.0)  # readers that do not look into `rope_parameters`


def _change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields, indent=2) + "\n")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    make_tiny_model(target)
