"""How far vLLM's start has come, told from its log lines."""
from inference.engine.port import Progress

# (a part of a line as vLLM 0.32 writes it, what goes on after it, share of the start that is done by then)
_STAGES = (
    ("Resolved architecture", "reading the model's configuration", 0.20),
    ("Initializing a V1 LLM engine", "starting the engine's processes", 0.35),
    ("Starting to load model", "loading the weights", 0.50),
    ("Loading weights took", "preparing the model", 0.60),
    ("Warming up model", "compiling the model", 0.65),
    ("KV cache size", "reserving the KV cache", 0.85),
    ("init engine", "connecting to the engine", 0.90),
)


class Loading:
    """Reports each stage once, in order; lines that say nothing about the start are ignored."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._share = progress, 0.0
        self._ended = False

    def begin(self) -> None:
        self._report("loading vLLM", 0.02)

    def hear(self, line: str) -> None:
        for part, words, share in _STAGES:
            if part in line and share > self._share:
                self._report(words, share)

    def warm_up(self) -> None:
        self._report("making a first token", 0.95)

    def end(self) -> None:
        self._report("ready", 1.0)

    def _report(self, words: str, share: float) -> None:
        if share > self._share:
            self._share = share
            self._progress(words, share)
