"""The bell by which vLLM's processes wake one another: never lost, never in the way, and no spinning."""
import os
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from inference.engine.vllm.bell import Bell

FOR_EVER_MS = 60_000
SHORT_MS = 20


@pytest.fixture
def address() -> str:
    return f"ipc:///tmp/{uuid4()}"


@pytest.fixture
def writer(address: str) -> Iterator[Bell]:
    bell = Bell(False, None, address)
    yield bell
    close(bell)


@pytest.fixture
def reader(writer: Bell, address: str) -> Iterator[Bell]:
    bell = Bell(True, None, address)
    yield bell
    close(bell)


def close(bell: Bell) -> None:
    for end in bell._ends:
        end.close()


def waits(bell: Bell, timeout_ms: int = SHORT_MS) -> bool:
    """Whether it waits to the end of the time."""
    began = time.monotonic()
    bell.wait(timeout_ms)
    return time.monotonic() - began >= timeout_ms / 1000 * 0.9


def test_one_that_has_rung_before_ends_the_wait(writer: Bell, reader: Bell) -> None:
    writer.notify()

    assert not waits(reader, FOR_EVER_MS)
    assert waits(reader)


def test_one_that_rings_in_the_midst_ends_the_wait(writer: Bell, reader: Bell) -> None:
    ringing = threading.Timer(0.05, writer.notify)
    ringing.start()

    assert not waits(reader, FOR_EVER_MS)
    ringing.join()


def test_without_one_the_time_ends_it(reader: Bell) -> None:
    assert waits(reader)


def test_all_readers_wake(writer: Bell, reader: Bell, address: str) -> None:
    second = Bell(True, None, address)

    writer.notify()

    assert not waits(reader, FOR_EVER_MS)
    assert not waits(second, FOR_EVER_MS)
    close(second)


def test_one_that_comes_later_hears_the_next(writer: Bell, address: str) -> None:
    writer.notify()
    late = Bell(True, None, address)

    assert waits(late)
    writer.notify()
    assert not waits(late, FOR_EVER_MS)
    close(late)


def test_a_reader_that_never_looks_holds_nobody_up_and_wakes_once(writer: Bell, reader: Bell) -> None:
    for _ in range(10_000):
        writer.notify()

    assert not waits(reader, FOR_EVER_MS)
    while not waits(reader):  # what one read did not take
        pass


def test_a_reader_that_is_gone_disturbs_nobody(writer: Bell, reader: Bell, address: str) -> None:
    gone = Bell(True, None, address)
    writer.notify()
    close(gone)

    writer.notify()

    assert not waits(reader, FOR_EVER_MS)


def test_who_waits_for_a_writer_that_is_gone_looks_now_and_then(writer: Bell, reader: Bell) -> None:
    writer.notify()
    reader.wait(FOR_EVER_MS)
    close(writer)

    reader.wait(FOR_EVER_MS)  # learns it

    assert waits(reader)
    assert not waits(reader, FOR_EVER_MS)
    reader.wait()  # returns


def test_cancelling_ends_this_wait_and_all_others(reader: Bell) -> None:
    cancelling = threading.Timer(0.05, reader.cancel)
    cancelling.start()

    assert not waits(reader, FOR_EVER_MS)
    assert not waits(reader, FOR_EVER_MS)
    cancelling.join()


def test_somebody_else_s_process_is_not_admitted(
        writer: Bell, reader: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: -1)

    writer.notify()

    reader.wait(FOR_EVER_MS)  # it is closed
    assert len(writer._ends) == 1


def test_the_longest_path_of_a_socket_is_not_too_long() -> None:
    address = "ipc:///" + "x" * 106
    writer, reader = Bell(False, None, address), Bell(True, None, address)

    writer.notify()

    assert not waits(reader, FOR_EVER_MS)
    close(reader)
    close(writer)


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Those that there are; what is made of them in a test is undone."""
    monkeypatch.setattr(Bell, "beside", frozenset())
    monkeypatch.setattr(Bell, "_anywhere", frozenset())
    return os.sched_getaffinity(0)


def test_where_it_may_wake_on_every_core_nothing_is_asked_of_the_kernel(
        cores: set[int], reader: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(os, "sched_setaffinity", lambda *given: calls.append(given))

    Bell.wake_beside(cores)
    reader.wait(SHORT_MS)

    assert calls == []


def test_cores_that_were_taken_away_are_done_without(
        cores: set[int], reader: Bell, writer: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pid: int, wanted: object) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    Bell.wake_beside({0})
    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    writer.notify()

    assert not waits(reader, FOR_EVER_MS)
    assert Bell.beside == frozenset()


def test_who_waits_may_wake_on_some_cores_only_and_goes_anywhere_after(
        cores: set[int], reader: Bell, writer: Bell) -> None:
    one = {min(cores)}
    Bell.wake_beside(one)
    threads: list[int] = []

    def wait() -> None:
        threads.append(threading.get_native_id())
        reader.wait(FOR_EVER_MS)
        threads.append(len(os.sched_getaffinity(0)))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not threads or os.sched_getaffinity(threads[0]) != one:
        time.sleep(0.001)
    writer.notify()
    waiting.join()

    assert threads[1] == len(cores)
    assert os.sched_getaffinity(0) == cores
