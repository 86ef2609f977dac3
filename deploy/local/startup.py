"""How far the start has come, step by step: as lines on the terminal, and in a file that the gateway shows to the page.

The file is `{data}/run/startup.json`: `{"steps": [{"name", "message", "progress": 0…1 or null, "state"}]}`, where the
state is `running`, `done` or `failed`. It is replaced as a whole, so that a reader never finds half of it.
"""
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.terminal import Terminal

REFRESH_S = 0.25  # how often mere progress is written


@dataclass
class Step:
    """One thing that a newcomer waits for."""

    name: str
    message: str = ""
    progress: float | None = None
    state: str = "running"


class Startup:
    """The steps so far. Without a file (there is no data folder in a test run) only the terminal is told."""

    def __init__(self, terminal: Terminal, file: Path | None = None) -> None:
        self.terminal = terminal
        self.steps: list[Step] = []
        self._file = file
        self._written_at = 0.0
        self._save()

    def begin(self, name: str, message: str) -> "Progress":
        """Begin a step, anew if one of that name is there."""
        self.steps = [step for step in self.steps if step.name != name]
        step = Step(name, message)
        self.steps.append(step)
        progress = Progress(self, step)
        self._tell(step, new_message=True)
        return progress

    def changed(self, step: Step, *, new_message: bool) -> None:
        """Tell terminal and page, progress alone at most four times a second."""
        now = time.monotonic()
        if new_message or now - self._written_at >= REFRESH_S:
            self._written_at = now
            self._tell(step, new_message=new_message)

    def _tell(self, step: Step, *, new_message: bool) -> None:
        share = "" if step.progress is None or step.state != "running" else f" ({step.progress:.0%})"
        if step.state != "running":
            self.terminal.said(step.name, step.message)
        elif not self.terminal.passing(step.name, f"{step.message}{share}") and new_message:
            self.terminal.said(step.name, f"{step.message}{share}")
        self._save()

    def _save(self) -> None:
        if self._file is None:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps({"steps": [asdict(step) for step in self.steps]}), encoding="utf-8")
        os.replace(fresh, self._file)


class Progress:
    """The handle of one step: `tell` while it runs, then `done` or `failed`."""

    def __init__(self, startup: Startup, step: Step) -> None:
        self._startup = startup
        self.step = step

    def tell(self, message: str, progress: float | None = None) -> None:
        """Say what is being done, and which share of it is (0 to 1; None where nobody knows)."""
        new_message = message != self.step.message
        if new_message or progress != self.step.progress:
            self.step.message, self.step.progress = message, progress
            self._startup.changed(self.step, new_message=new_message)

    def done(self, message: str) -> None:
        self._end("done", message, 1.0)

    def failed(self, message: str) -> None:
        self._end("failed", message, None)

    def _end(self, state: str, message: str, progress: float | None) -> None:
        self.step.state, self.step.message, self.step.progress = state, message, progress
        self._startup.changed(self.step, new_message=True)
