"""The processor's flags and the memory, read as Linux writes them."""
from pathlib import Path

import pytest

from inference.engine.vllm.hardware import available_memory_bytes, cores_to_spare, has_avx512, kv_cache_bytes

MIB = 2**20


@pytest.mark.parametrize(("text", "found"), [
    ("processor: 0\nflags\t\t: fpu avx2 avx512f avx512bw\n", True),
    ("processor: 0\nflags\t\t: fpu avx2 avx512fake\n", False),
    ("Features: neon\n", False),
])
def test_avx512_is_a_flag_of_its_own(tmp_path: Path, text: str, found: bool) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    assert has_avx512(tmp_path / "cpuinfo") is found


def test_where_there_is_no_list_of_flags_there_is_no_avx512(tmp_path: Path) -> None:
    assert has_avx512(tmp_path / "none") is False


def test_available_memory(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:    8192 kB\n")
    assert available_memory_bytes(tmp_path / "meminfo") == 8 * MIB
    assert available_memory_bytes(tmp_path / "none") == 4096 * MIB


@pytest.mark.parametrize(("available", "given"), [(1024, 256), (8192, 1024), (512 * 1024, 4096)])
def test_the_kv_cache_gets_an_eighth_within_bounds(available: int, given: int) -> None:
    assert kv_cache_bytes(available * MIB) == given * MIB


@pytest.mark.parametrize(("parameters", "cores", "spare"), [
    (1_000_000, 2, 1),
    (135_000_000, 2, 0),
    (135_000_000, 8, 0),
    (135_000_000, 9, 1),
    (None, 2, 0),
    (None, 64, 1),
])
def test_a_model_of_some_size_gets_all_of_few_cores(parameters: int | None, cores: int, spare: int) -> None:
    assert cores_to_spare(parameters, cores) == spare
