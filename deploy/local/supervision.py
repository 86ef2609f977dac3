"""Watches the running processes: passes on what matters to the terminal, and notices what ends the launch."""
import asyncio
from collections import Counter
from dataclasses import dataclass, field

from deploy.local.data_folder import DataFolder
from deploy.local.errors import REFUSED, LaunchError, Refusal
from deploy.local.log_follower import Exit, LogFollower, exit_in, is_important, last_words, plain
from deploy.local.supervisor_config import Group
from deploy.local.supervisord import Supervisord
from deploy.local.terminal import Terminal

LOOK_S = 0.25
GAVE_UP = "gave up: "
TAKEN = 3  # a gateway's exit code: its port or name is in use
MOST_FAILURES = 3


@dataclass
class Supervision:
    """Follows supervisord's log and the log of each process, from where they were when this was made."""

    supervisord: Supervisord
    data: DataFolder
    groups: list[Group]
    terminal: Terminal
    has_been_ready: bool = False
    _failures: Counter[str] = field(default_factory=Counter)
    _events: LogFollower = field(init=False)
    _logs: dict[str, LogFollower] = field(init=False)

    def __post_init__(self) -> None:
        self._events = LogFollower(self.data.log("supervisord"))
        names = [program.name for group in self.groups for program in group.programs]
        self._logs = {name: LogFollower(self.data.log(name)) for name in names}

    async def watch(self) -> None:
        """For ever. Raises Refusal with a process's own sentence when it refuses its settings, LaunchError when
        supervisord is gone or has given a process up."""
        while True:
            self.look()
            if not self.supervisord.is_running():
                raise LaunchError(f"supervisord ended; its last words are in {self.data.log('supervisord')}.")
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Tell what is new."""
        for name, log in self._logs.items():
            for line in log.new_lines():
                if is_important(line) and name != "redis":  # it warns at each start about the machine's settings
                    self.terminal.said(name, plain(line))
        for line in self._events.new_lines():
            if ended := exit_in(line):
                self._ended(ended)
            elif GAVE_UP in line:
                name = line.partition(GAVE_UP)[2].split()[0]
                raise LaunchError(f"{name} does not start: {last_words(self.data.log(name)) or 'it said nothing.'}")

    def _ended(self, ended: Exit) -> None:
        """Once Parley has been ready it heals itself; before, what fails again and again will not come right."""
        log = self.data.log(ended.name)
        words = plain(last_words(log)).removeprefix("ERROR: ") or "it said nothing"
        if ended.code == REFUSED or (ended.code == TAKEN and not self.has_been_ready):
            raise Refusal(words)
        if ended.code == 0:
            return
        self._failures[ended.name] += 1
        if self._failures[ended.name] >= MOST_FAILURES and not self.has_been_ready:
            raise LaunchError(f"{ended.name} does not start: {words} (more in {log})")
        why = ended.how if ended.code is None else f"{ended.how}: {words}"  # a killed one's last words say nothing
        self.terminal.said(ended.name, f"ended ({why}) and is started again; its log is {log}")
