"""How many parameters a model has, by what its weights' files say of themselves: their headers, and nothing more."""
import json
import struct
from math import prod
from pathlib import Path
from typing import Any

INDEX = "model.safetensors.index.json"
WHOLE = "model.safetensors"
MAX_HEADER_BYTES = 100 * 1024 * 1024  # as the format's own library allows


def count_parameters(folder: Path) -> int | None:
    """None where it cannot be told: the weights are packed by a quantization, or in another form.

    A matrix that is used twice (as embedding and as output) is counted once, as it is stored.
    """
    try:
        if "quantization_config" in json.loads((folder / "config.json").read_bytes()):
            return None
        return sum(_elements(folder / name) for name in _files(folder)) or None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):  # whatever a strange file causes
        return None


def _files(folder: Path) -> set[str]:
    """Beside these there may be the same weights in another order."""
    if (folder / INDEX).is_file():
        return set(json.loads((folder / INDEX).read_bytes())["weight_map"].values())
    return {WHOLE}


def _elements(path: Path) -> int:
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        if size > MAX_HEADER_BYTES:
            raise ValueError(f"a header of {size} bytes")
        header: dict[str, Any] = json.loads(file.read(size))
    return sum(prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
