"""Turns a Llama in a GGUF file into a folder in Hugging Face's form: float weights, tokenizer, template, settings.

Knows the format, not where files come from. Formats: GGUF 3, and Llama as llama.cpp writes it.
"""
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gguf import GGUFReader, ReaderTensor, TokenType
from gguf.quants import dequantize
from safetensors import SafetensorError
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from inference.models.errors import ModelError, disk_error

LAYER_PARTS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OTHER_PARTS = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
END_OF_TEXT = "<|endoftext|>"


class GgufModel:
    """One GGUF file. Raises ModelError where it is not a Llama with a byte-level BPE tokenizer of digits one by one."""

    def __init__(self, path: Path) -> None:
        self.reader = GGUFReader(path)
        for field, expected in (
                ("general.architecture", "llama"), ("tokenizer.ggml.model", "gpt2"), ("tokenizer.ggml.pre", "smollm")):
            if (found := self.field(field)) != expected:
                raise ModelError(f"{path.name} cannot be converted: its {field} is {found!r}, not {expected!r}.")

    def field(self, name: str) -> Any:
        field = self.reader.fields.get(name)
        return None if field is None else field.contents()

    def write(self, folder: Path, generation: dict[str, Any]) -> None:
        """Write all that an engine loads; `generation` is how its makers advise to sample."""
        self._write_weights(folder)
        self._write_tokenizer(folder)
        _write_json(folder / "config.json", self._config())
        _write_json(folder / "generation_config.json", {
            "do_sample": True, "bos_token_id": self.field("tokenizer.ggml.bos_token_id"),
            "eos_token_id": self._ends(), "pad_token_id": self.field("tokenizer.ggml.padding_token_id"), **generation})

    def _ends(self) -> list[int]:
        """The tokens that end an answer: the turn's end, and the end of a text, which a base model learnt before it."""
        end_of_text = [i for i, token in enumerate(self.field("tokenizer.ggml.tokens")) if token == END_OF_TEXT]
        return [self.field("tokenizer.ggml.eos_token_id"), *end_of_text]

    def _write_weights(self, folder: Path) -> None:
        """In float32, which holds every value of the quantisation exactly; an engine may round to what it runs in."""
        try:
            save_file(dict(self._weights()), folder / "model.safetensors", metadata={"format": "pt"})
        except SafetensorError as error:
            raise disk_error(error, folder) from error

    def _weights(self) -> Iterator[tuple[str, Any]]:
        heads = {
            "attn_q": self.field("llama.attention.head_count"), "attn_k": self.field("llama.attention.head_count_kv")}
        for tensor in self.reader.tensors:
            *layer, part, _ = tensor.name.split(".")
            if part in OTHER_PARTS:
                name = OTHER_PARTS[part]
            elif part in LAYER_PARTS:
                name = f"model.layers.{layer[-1]}.{LAYER_PARTS[part]}"
            else:
                raise ModelError(f"The model's file holds a tensor that is not of a Llama: {tensor.name}.")
            yield f"{name}.weight", _values(tensor, heads.get(part))

    def _config(self) -> dict[str, Any]:
        width, heads = self.field("llama.embedding_length"), self.field("llama.attention.head_count")
        epsilon = self.field("llama.attention.layer_norm_rms_epsilon")
        theta = float(self.field("llama.rope.freq_base"))
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "torch_dtype": "float32",
            "hidden_act": "silu",
            "hidden_size": width,
            "head_dim": width // heads,
            "intermediate_size": self.field("llama.feed_forward_length"),
            "num_hidden_layers": self.field("llama.block_count"),
            "num_attention_heads": heads,
            "num_key_value_heads": self.field("llama.attention.head_count_kv"),
            "max_position_embeddings": self.field("llama.context_length"),
            "rms_norm_eps": float(f"{epsilon:.6g}"),  # 1e-05, and not what float32 makes of it
            "rope_theta": theta,  # where older readers look
            "rope_parameters": {"rope_type": "default", "rope_theta": theta},
            "vocab_size": self.field("llama.vocab_size"),
            "tie_word_embeddings": all(tensor.name != "output.weight" for tensor in self.reader.tensors),
            "attention_bias": False,
            "mlp_bias": False,
            "bos_token_id": self.field("tokenizer.ggml.bos_token_id"),
            "eos_token_id": self.field("tokenizer.ggml.eos_token_id"),
            "pad_token_id": self.field("tokenizer.ggml.padding_token_id"),
        }

    def _write_tokenizer(self, folder: Path) -> None:
        tokens = self.field("tokenizer.ggml.tokens")
        kinds = self.field("tokenizer.ggml.token_type")
        merges = [tuple(merge.split(" ")) for merge in self.field("tokenizer.ggml.merges")]
        tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False)])
        tokenizer.decoder = decoders.ByteLevel()
        special = [token for token, kind in zip(tokens, kinds, strict=True) if kind == TokenType.CONTROL]
        tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
        tokenizer.save(str(folder / "tokenizer.json"))
        _write_json(folder / "tokenizer_config.json", {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_input_names": ["input_ids", "attention_mask"],  # no token_type_ids, which Llama does not take
            "model_max_length": self.field("llama.context_length"),
            "clean_up_tokenization_spaces": False,
            "bos_token": tokens[self.field("tokenizer.ggml.bos_token_id")],
            "eos_token": tokens[self.field("tokenizer.ggml.eos_token_id")],
            "pad_token": tokens[self.field("tokenizer.ggml.padding_token_id")],
            "unk_token": tokens[self.field("tokenizer.ggml.unknown_token_id")],
            "additional_special_tokens": special,
            "chat_template": self.field("tokenizer.chat_template"),
        })


def _values(tensor: ReaderTensor, heads: int | None) -> Any:
    """The tensor in float32. llama.cpp keeps q's and k's rows in pairs of each head's halves; they go back in order."""
    values = dequantize(tensor.data, tensor.tensor_type).astype("float32")
    if heads is None:
        return values
    rows, columns = values.shape
    return values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
