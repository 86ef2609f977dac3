"""How one of vLLM's processes wakes another: a byte in a socket, in the place of looking at shared memory all the time.

Stands for `SpinCondition` of `vllm.distributed.device_communicators.shm_broadcast` (vLLM 0.32). That one calls
`sched_yield` for a second after each message, and only then waits for a notification, which may be lost: a PUB socket
with a high-water mark of 1 drops what it has not yet heard to be delivered. A byte that nobody has read stays there.
"""
import os
import select
import socket
import struct
import weakref
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar

_READ_BYTES = 4096  # bells that were rung meanwhile count as one
_GONE_MS = 100  # between two looks, when nobody is there any more to ring
_CREDENTIALS = struct.Struct("3i")  # of the other side: process, user, group


class Bell:
    """A queue's writer rings it, its readers wait for it; one that rings for nothing costs a look at the queue."""

    local_notify_socket = read_cancel_socket = write_cancel_socket = None  # vLLM closes these, where there are any
    beside: ClassVar[frozenset[int]] = frozenset()  # cores; see `wake_beside`
    _anywhere: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, is_reader: bool, context: Any, notify_address: str, busy_loop_s: float = 0.0) -> None:
        """`notify_address` is the queue's own; no file is made of it. `context` and `busy_loop_s` are vLLM's."""
        self.is_reader = is_reader
        self._end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ends = [self._end]  # all that are to be closed; a writer's readers too
        name = "\0" + notify_address.removeprefix("ipc://")  # with the prefix a long path would be too long
        if is_reader:
            self._end.connect(name)
            cancelled, self._cancel = socket.socketpair()
            self._ends += [cancelled, self._cancel]
            self._poll = select.poll()
            self._poll.register(self._end, select.POLLIN)
            self._poll.register(cancelled, select.POLLIN)  # never read: whoever is cancelled waits no more
            self._gone = False
        else:
            self._end.bind(name)
            self._end.listen()
        self._end.setblocking(False)
        weakref.finalize(self, _close, self._ends)

    @classmethod
    def wake_beside(cls, cores: Iterable[int]) -> None:
        """From now on, who waits in this process wakes on one of these cores, and is free to go to others then."""
        cls._anywhere = frozenset(os.sched_getaffinity(0))
        cls.beside = frozenset(cores) & cls._anywhere
        if cls.beside == cls._anywhere:
            cls.beside = frozenset()

    def notify(self) -> None:
        """Wake all readers. One that connects later looks at the queue before it waits."""
        with suppress(BlockingIOError):
            while True:
                self._admit(self._end.accept()[0])
        for reader in self._ends[1:]:
            with suppress(OSError):  # full of bells, so it will wake; or gone, which vLLM notices by other means
                reader.send(b"\0", socket.MSG_DONTWAIT)

    def _admit(self, reader: socket.socket) -> None:
        """Such a name can be reached by everybody on this machine, so it is looked who comes."""
        _, user, _ = _CREDENTIALS.unpack(reader.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        if user == os.getuid():
            self._ends.append(reader)
        else:
            reader.close()

    def wait(self, timeout_ms: int | None = None) -> None:
        """Until the bell rings, `cancel` was called or the time is over."""
        if self._gone:
            timeout_ms = min(timeout_ms or _GONE_MS, _GONE_MS)
        if self.beside:
            self._stay_on(self.beside)
        rung = self._poll.poll(timeout_ms)
        if self.beside:
            self._stay_on(self._anywhere)
        if any(number == self._end.fileno() for number, _ in rung) and not self._end.recv(_READ_BYTES):
            self._poll.unregister(self._end)
            self._gone = True

    @classmethod
    def _stay_on(cls, cores: frozenset[int]) -> None:
        try:
            os.sched_setaffinity(0, cores)
        except OSError:  # they were taken from this process (a control group has changed), which may go where it can
            cls.beside = frozenset()

    def record_read(self) -> None:
        """vLLM says when it has read; nothing hangs on that here."""

    def cancel(self) -> None:
        """From any thread: `wait` returns at once, now and always."""
        if self.is_reader:
            self._cancel.send(b"\0")


def _close(ends: list[socket.socket]) -> None:
    for end in ends:
        end.close()
