import os
from pathlib import Path

from tests.load.usage import Probe, Usage, cpu_s, machine, pss_bytes


def test_what_this_process_has_used_is_seen_and_grows() -> None:
    before = cpu_s(os.getpid())
    while cpu_s(os.getpid()) == before:
        sum(range(10_000))
    assert cpu_s(os.getpid()) > before
    assert pss_bytes(os.getpid()) > 1 << 20


def test_a_process_that_is_gone_uses_nothing() -> None:
    assert cpu_s(2**30) == 0


def test_processes_are_found_by_their_pid_files_and_told_by_role(tmp_path: Path) -> None:
    for name, pid in (("gateway-1", os.getpid()), ("gateway-2", os.getpid()), ("worker-1", 2**30), ("other", 1)):
        (tmp_path / f"{name}.pid").write_text(f"{pid}\n")
    usage = Probe.of_folder(tmp_path).usage()
    assert list(usage.cpu_s) == ["gateway"]
    assert usage.machine_s >= usage.busy_s > 0


def test_without_processes_there_is_no_memory_to_tell() -> None:
    assert Probe().gateway_bytes() is None


def test_use_is_the_difference_of_two_moments() -> None:
    since = Usage({"gateway": 3.0, "redis": 1.0}, 10.0, 20.0).since(Usage({"gateway": 1.0}, 4.0, 8.0))
    assert since == Usage({"gateway": 2.0, "redis": 1.0}, 6.0, 12.0)


def test_the_machine_is_told() -> None:
    assert set(machine()) == {"processor", "cores", "memory_gib", "system"}
