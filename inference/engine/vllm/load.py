"""How full the engine is, as its scheduler said after its last step."""
from inference.engine.port import Load


class SchedulerLoad:
    """Fed by vLLM's statistics."""

    def __init__(self) -> None:
        self._last = Load(0, 0, 0.0)

    def record(self, load: Load) -> None:
        self._last = load

    def load(self, held: int) -> Load:
        """`held` responses are ours. An engine that lost its last one makes no further step that could say so."""
        if not held:
            return Load(0, 0, 0.0)
        return Load(min(self._last.running, held), self._last.waiting, self._last.kv_usage)
