"""supervisord's configuration: which processes, restarted how, stopped in which order.

Nothing starts by itself: the launcher starts Redis, then the gateways, then, once its packages are there, the worker.
A stop goes the other way round, one group after another; the processes of one group are stopped together.
"""
import os
import resource
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.data_folder import DataFolder

LOG_BYTES = 10_000_000
LOG_BACKUPS = 3
OPEN_FILES = 65_536  # a gateway holds a file per socket; the usual soft limit is 1,024
SETTLED_S = 3  # a process that ends sooner waits, longer each time, before it is started again
MANY_RETRIES = 100_000  # supervisord has no word for "for ever"
FINAL_CODES = "0,2"  # ended in order, and bad settings: starting again would change nothing


@dataclass(frozen=True)
class Program:
    """One process. A higher priority starts later and stops earlier."""

    name: str
    command: Sequence[str]
    stop_wait_s: int
    environment: dict[str, str] = field(default_factory=dict)
    retries: int = MANY_RETRIES


@dataclass(frozen=True)
class Group:
    """Processes of one kind, started and stopped together."""

    name: str
    priority: int
    programs: Sequence[Program]


def configuration(data: DataFolder, root: Path, groups: Sequence[Group]) -> str:
    """The whole file."""
    sections = [
        _section("unix_http_server", file=data.supervisor_socket, chmod="0700"),
        _section("supervisord", nodaemon="true", logfile=data.log("supervisord"), logfile_maxbytes=LOG_BYTES,
                 logfile_backups=LOG_BACKUPS, pidfile=data.run / "supervisord.pid", directory=root, loglevel="info",
                 minfds=_open_files(), **_user()),
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    for group in groups:
        sections += [_program(data, program) for program in group.programs]
        sections.append(_section(f"group:{group.name}", priority=group.priority,
                                 programs=",".join(program.name for program in group.programs)))
    return "\n".join(sections)


def _program(data: DataFolder, program: Program) -> str:
    return _section(
        f"program:{program.name}",
        command=shlex.join(program.command),
        environment=",".join(f'{name}="{value}"' for name, value in program.environment.items()),
        autostart="false",
        autorestart="unexpected",
        exitcodes=FINAL_CODES,
        startsecs=SETTLED_S,
        startretries=program.retries,
        stopsignal="TERM",
        stopwaitsecs=program.stop_wait_s,
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=str(data.log(program.name)).replace("%", "%%"),  # supervisord expands this value twice
        stdout_logfile_maxbytes=LOG_BYTES,
        stdout_logfile_backups=LOG_BACKUPS,
    )


def _section(name: str, **values: object) -> str:
    lines = [f"{key} = {str(value).replace('%', '%%')}\n" for key, value in values.items() if value != ""]
    return f"[{name}]\n{''.join(lines)}"


def _user() -> dict[str, str]:
    """supervisord complains when it is started as root without being told so."""
    return {"user": str(os.getuid())} if os.getuid() == 0 else {}


def _open_files() -> int:
    """What each process may have open: as many as we want, or as the hard limit lets us."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
