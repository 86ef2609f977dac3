"""One holder at a time; the kernel lifts the lock of a dead one."""
import subprocess
import sys
from pathlib import Path

from deploy.local.folder_lock import FolderLock


def test_it_is_taken_once(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    with first:
        assert first.take("process 1")
        assert first.take("again is no harm")
        assert not second.take("process 2")
        assert second.holder() == "process 1"
    assert second.take("process 2")
    second.release()


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    program = ("import sys, pathlib; from deploy.local.folder_lock import FolderLock\n"
               "lock = FolderLock(pathlib.Path(sys.argv[1]))\n"
               "lock.take('the other'); print('taken', flush=True); sys.stdin.read()")
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "lock")], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "taken\n"
        lock = FolderLock(tmp_path / "lock")
        assert not lock.take()
        assert lock.holder() == "the other"
        other.kill()
        other.wait()
        assert lock.take()
        lock.release()


def test_a_child_that_got_the_descriptor_keeps_the_lock(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "lock")
    lock.take()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=lock.descriptors) as child:
        lock.release()
        assert lock.descriptors == ()
        assert not FolderLock(tmp_path / "lock").take()
        child.communicate()
    assert lock.take()
    lock.release()


def test_no_file_has_no_holder(tmp_path: Path) -> None:
    assert FolderLock(tmp_path / "none").holder() == ""
