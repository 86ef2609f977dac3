"""What can be wrong with a model's files, each in one sentence that says what to do."""
import errno
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_WORDS = tuple(f"os error {number}" for number in FULL)  # how safetensors, which is written in Rust, says it


class ModelError(Exception):
    """The model cannot be had. The message is for the operator; the caller decides how the process ends."""


def disk_error(error: Exception, folder: Path) -> ModelError:
    """Say of a failed write below `folder` what an operator can do about it."""
    number = error.errno if isinstance(error, OSError) else None
    if number in FULL or any(words in str(error) for words in FULL_WORDS):
        return ModelError(
            f"The disk is full while a model is written to {folder}: free some room, or point PARLEY_MODEL_CACHE to "
            "another disk.")
    if isinstance(error, PermissionError) or number == errno.EROFS:
        return ModelError(
            f"{folder} cannot be written: give this user the right to, or point PARLEY_MODEL_CACHE to another folder.")
    return ModelError(
        f"A model could not be written to {folder} ({error}): check that disk, or point PARLEY_MODEL_CACHE to another.")
