"""Receives vLLM's statistics after each step of its scheduler."""
from typing import Any

from loguru import logger
from vllm.v1.metrics.loggers import PrometheusStatLogger, StatLoggerBase

from inference.engine.port import Load
from inference.engine.vllm.load import SchedulerLoad


def statistics_to(load: SchedulerLoad) -> Any:
    """A class that vLLM makes one of for each of its engines."""

    class Statistics(StatLoggerBase):  # type: ignore[misc]  # vLLM is not there where types are checked
        def __init__(self, vllm_config: Any, engine_index: int = 0) -> None:
            self.broken = False

        def record(
            self, scheduler_stats: Any, iteration_stats: Any, mm_cache_stats: Any = None, engine_idx: int = 0
        ) -> None:
            if scheduler_stats is None:
                return
            try:
                running, waiting = scheduler_stats.num_running_reqs, scheduler_stats.num_waiting_reqs
                load.record(Load(running, waiting, scheduler_stats.kv_cache_usage))
            except Exception:  # whatever is raised here would end every request that runs
                if not self.broken:
                    logger.exception("vLLM's statistics are not what they were")
                self.broken = True

        def log_engine_initialized(self) -> None:
            """Nothing to say."""

    return Statistics


def of_steps_alone(llm: Any) -> None:
    """Have an AsyncLLM that has not begun make no statistics of tokens: its Prometheus keeps some of each, unread.

    They come with any logger of statistics, and cost its front-end nearly as much as all else does.
    """
    llm.log_stats = llm.output_processor.log_stats = False
    llm.logger_manager.stat_loggers = [
        logger for logger in llm.logger_manager.stat_loggers if not isinstance(logger, PrometheusStatLogger)]
