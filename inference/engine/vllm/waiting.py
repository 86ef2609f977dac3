"""How vLLM's processes wait for one another on a processor: asleep, so that others get theirs.

With the `mp` executor, which is the only one there, the scheduler's and the model's process wait for one another by
calling `sched_yield` again and again. A kernel may take that badly: with two cores under Linux 6.18, Redis and the
worker's own loop were runnable, but did not run, for up to 7 s at a time, and a stop came after the end. A nap costs
less than 0.1 ms twice a step, and nobody starves. On a GPU the `uni` executor needs no such wait, and with several
GPUs there are cores enough: nothing is changed for them.
"""
import time
from typing import Any

from vllm.distributed.device_communicators import shm_broadcast
from vllm.v1.executor.multiproc_executor import MultiprocExecutor
from vllm.v1.worker.cpu_worker import CPUWorker

_NAP_S = 50e-6  # the shortest that the kernel's timers keep to; a step of even a tiny model takes 2 ms


def _nap() -> None:
    time.sleep(_NAP_S)


def _nap_in_this_process() -> None:
    shm_broadcast.sched_yield = _nap


class NappingExecutor(MultiprocExecutor):  # type: ignore[misc]  # vLLM is not there where types are checked
    """In the scheduler's process."""

    def _init_executor(self) -> None:
        _nap_in_this_process()
        super()._init_executor()


class NappingWorker(CPUWorker):  # type: ignore[misc]  # the same
    """In the model's process."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        _nap_in_this_process()
        super().__init__(*arguments, **named)

