"""A model of eight billion parameters without its weights: `python -m tests.load.peers.random_8b FOLDER`.

The shape is Llama 3.1's of 8B (its `config.json`), with a shorter context. The tokenizer has as many words, made of all
short strings of letters, so that any token is text and costs what text costs. Needs the worker's environment.
"""
import itertools
import json
import string
import sys
from pathlib import Path

from tests.tiny_model import BEGIN, END, PAD, byte_level, save_tokenizer

VOCABULARY = 128_256
CONTEXT_TOKENS = 8192
CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "dtype": "bfloat16", "vocab_size": VOCABULARY,
    "hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "head_dim": 128, "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_theta": 500_000.0,
    "max_position_embeddings": CONTEXT_TOKENS, "tie_word_embeddings": False, "attention_bias": False,
    "mlp_bias": False, "bos_token_id": None, "eos_token_id": 2, "pad_token_id": 0}


def make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    _save_tokenizer(folder)


def _save_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words, merges = vocabulary(sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer = Tokenizer(models.BPE({word: number for number, word in enumerate(words)}, merges))
    save_tokenizer(byte_level(tokenizer), folder, CONTEXT_TOKENS)


def vocabulary(alphabet: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """All words, and which two make each that is longer than a sign."""
    words, merges = [PAD, BEGIN, END, *alphabet], list[tuple[str, str]]()
    shorter: list[str] = list(string.ascii_letters)
    while len(words) < VOCABULARY:
        longer = list(itertools.islice(itertools.product(shorter, string.ascii_letters), VOCABULARY - len(words)))
        merges += longer
        shorter = [first + second for first, second in longer]
        words += shorter
    return words, merges


if __name__ == "__main__":
    make(Path(sys.argv[1]))
