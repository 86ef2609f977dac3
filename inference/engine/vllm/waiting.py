"""How vLLM's processes wait for one another on a processor: asleep, and where the other computes.

With the `mp` executor, which is the only one there, the scheduler's and the model's process look at shared memory again
and again, and call `sched_yield` in between. A kernel may take that badly: with two cores under Linux 6.18, Redis and
the worker's own loop were runnable, but did not run, for up to 7 s at a time, and a stop came after the end. So each
sleeps until the other rings. The two take turns: when one computes, the other waits. vLLM binds the model's threads
to cores of their own; the scheduler wakes on the first of these, which is idle just then, and not where a gateway or
Redis are at work, which it would have to wait for. On a GPU the `uni` executor needs no such wait, and with several
GPUs there are cores enough: nothing is changed for them.
"""
import os
import time
from typing import Any

from vllm.distributed.device_communicators import shm_broadcast
from vllm.v1.executor.multiproc_executor import MultiprocExecutor
from vllm.v1.worker.cpu_worker import CPUWorker

from inference.engine.vllm.bell import Bell

_NAP_S = 50e-6  # where vLLM yields nevertheless: a queue is full


def _sleep_in_this_process() -> None:
    shm_broadcast.SpinCondition = Bell
    shm_broadcast.sched_yield = lambda: time.sleep(_NAP_S)


class SleepingExecutor(MultiprocExecutor):  # type: ignore[misc]  # vLLM is not there where types are checked
    """In the scheduler's process."""

    def _init_executor(self) -> None:
        _sleep_in_this_process()
        super()._init_executor()
        Bell.wake_beside(os.sched_getaffinity(self.workers[0].proc.pid))


class SleepingWorker(CPUWorker):  # type: ignore[misc]  # the same
    """In the model's process."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        _sleep_in_this_process()
        super().__init__(*arguments, **named)
