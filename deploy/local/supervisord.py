"""The supervisord process: started on a leash in a session of its own, asked to stop, killed with all it started."""
import asyncio
import uuid
from contextlib import suppress
from pathlib import Path

from deploy.local import processes
from deploy.local.data_folder import DataFolder
from deploy.local.errors import LaunchError
from deploy.local.folder_lock import FolderLock
from deploy.local.log_follower import last_words
from deploy.local.supervisor_client import SupervisorClient
from deploy.local.tool import leash_environment, leashed

LOOK_AGAIN_S = 0.05
START_S = 30.0
START_LOG = "supervisord.start"  # what it says before it has a log


class Supervisord:
    """One of these per launch. `mark` is what all its descendants carry in their environment."""

    def __init__(self, data: DataFolder, root: Path, python: Path) -> None:
        self.client = SupervisorClient(data.supervisor_socket)
        self.mark = uuid.uuid4().hex
        self._data = data
        self._root = root
        self._python = python
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, lock: FolderLock) -> None:
        """Start it and wait for its socket; it shares the data folder's lock. Raises LaunchError if it ends."""
        command = [str(self._python), "-m", "supervisor.supervisord", "--nodaemon",
                   "--configuration", str(self._data.run / "supervisord.conf")]
        environment = leash_environment({
            processes.MARK: self.mark, "PARLEY_DATA_DIR": str(self._data.path), "PYTHONUNBUFFERED": "1"})
        with self._data.log(START_LOG).open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(  # by the main thread, which the leash watches
                *leashed(command), cwd=self._root, env=environment, start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=lock.descriptors)
        limit = asyncio.get_running_loop().time() + START_S
        while not await asyncio.to_thread(self.client.answers):
            if not self.is_running() or asyncio.get_running_loop().time() > limit:
                raise LaunchError(
                    f"supervisord does not start: {last_words(self._data.log(START_LOG)) or 'it said nothing.'}")
            await asyncio.sleep(LOOK_AGAIN_S)

    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def stop(self, within_s: float) -> None:
        """Have it stop its groups in order, and itself; whatever is left after the time is killed."""
        if self._process is not None and self.is_running():
            self._process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), within_s)
        await self.kill()

    async def kill(self) -> None:
        """Kill it and all that it started, and wait until they are gone."""
        if self._process is None:
            return
        if self.is_running():
            self._process.kill()
        await asyncio.to_thread(processes.kill, self.mark, self._process.pid)
        await self._process.wait()
