"""Which processes one launch consists of, as supervisord will run them."""
from collections.abc import Sequence
from pathlib import Path

from deploy.local.data_folder import DataFolder
from deploy.local.drain import Drain
from deploy.local.environments import GATEWAY, Environment
from deploy.local.redis_server import RedisProgram
from deploy.local.settings import LaunchSettings
from deploy.local.supervisor_config import Group, Program
from deploy.local.tool import leashed

REDIS, GATEWAYS, WORKERS = "redis", "gateways", "workers"
REDIS_RETRIES = 3  # one that does not start three times has lost its files or its disk


def processes(settings: LaunchSettings, data: DataFolder, root: Path, redis: RedisProgram | None,
              worker: Environment) -> list[Group]:
    """The groups in the order of their start. `redis` is None where PARLEY_REDIS_URL names another one."""
    drain = Drain(settings.drain_s)
    groups = []
    if redis is not None:
        command = [redis.path, str(data.run / "redis.conf")]
        groups.append(Group(REDIS, 10, [_leashed("redis", command, drain.redis_wait_s, retries=REDIS_RETRIES)]))
    gateway = Environment(root, GATEWAY)
    groups.append(Group(GATEWAYS, 20, [
        _leashed(f"gateway-{n}", [str(gateway.python), "-m", "server", "--name", f"gateway-{n}", "--port", str(port)],
                 drain.gateways_wait_s, drain_s=drain.gateways_s)
        for n, port in enumerate(settings.ports, start=1)]))
    groups.append(Group(WORKERS, 30, [
        _leashed(f"worker-{n}", [str(worker.python), "-m", "inference", "--name", f"worker-{n}"],
                 drain.workers_wait_s, drain_s=drain.workers_s)
        for n in range(1, settings.workers + 1)]))
    return groups


def _leashed(name: str, command: Sequence[str], wait_s: int, *, drain_s: float | None = None,
             retries: int | None = None) -> Program:
    environment = {} if drain_s is None else {"PARLEY_DRAIN_S": f"{drain_s:g}"}
    more = {} if retries is None else {"retries": retries}
    return Program(name, leashed(command), wait_s, environment, **more)
