"""How many parameters a model has, out of the headers of files that hold no weights."""
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from inference.engine.vllm.weights import count_parameters


def write(path: Path, **shapes: list[int]) -> None:
    tensors = {name: {"dtype": "BF16", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    header = json.dumps({"__metadata__": {"format": "pt"}, **tensors}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)


def configure(folder: Path, **config: Any) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", **config}))


def test_of_one_file(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path / "model.safetensors", embedding=[512, 64], norm=[64], scale=[])
    assert count_parameters(tmp_path) == 512 * 64 + 64 + 1


def test_of_several_that_an_index_names_and_of_no_copy_beside_them(tmp_path: Path) -> None:
    configure(tmp_path)
    for name in ("a", "b", "consolidated"):
        write(tmp_path / f"{name}.safetensors", weight=[10, 10])
    index = {"weight_map": {"x": "a.safetensors", "y": "b.safetensors", "z": "b.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert count_parameters(tmp_path) == 200


def test_of_packed_weights_nothing_is_known(tmp_path: Path) -> None:
    configure(tmp_path, quantization_config={"bits": 4})
    write(tmp_path / "model.safetensors", weight=[10, 10])
    assert count_parameters(tmp_path) is None


@pytest.mark.parametrize("content", [
    b"", b"\x08", struct.pack("<Q", 1 << 60), struct.pack("<Q", 4) + b"none", struct.pack("<Q", 2) + b"[]",
    struct.pack("<Q", 2) + b"{}", struct.pack("<Q", 8) + b'{"x": 1}', struct.pack("<Q", 9) + b'{"x": {}}'])
def test_of_a_file_that_is_none_nothing_is_known(tmp_path: Path, content: bytes) -> None:
    configure(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(content)
    assert count_parameters(tmp_path) is None


def test_of_a_model_in_another_form_or_of_none_nothing_is_known(tmp_path: Path) -> None:
    assert count_parameters(tmp_path) is None
    configure(tmp_path)
    assert count_parameters(tmp_path) is None
    assert count_parameters(tmp_path / "Qwen" / "Qwen3-8B") is None
