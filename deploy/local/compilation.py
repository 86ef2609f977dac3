"""Our own hot parts as compiled code (`relay.compiled`), made once for these sources. All runs without it, too."""
import sys
from pathlib import Path

from deploy.local.environments import BUILD, GATEWAY, Environment
from deploy.local.errors import LaunchError
from deploy.local.startup import Startup
from deploy.local.tool import run_tool

STEP = "compiled parts"
MAKER = [sys.executable, "-m", "deploy.compile"]
WITHOUT = "what a token goes through runs from its sources, and costs more"


class Compilation:
    """In two steps, since packages are installed by one at a time, and compiling takes long."""

    def __init__(self, root: Path, startup: Startup) -> None:
        self._root, self._startup = root, startup
        self._build, self._gateway = Environment(root, BUILD), Environment(root, GATEWAY)

    async def is_due(self) -> bool:
        """Whether it is wanted, and not there."""
        return (await run_tool([*MAKER, "--look"], folder=self._root)).code != 0

    async def prepare(self) -> bool:
        """Install the compiler of Python. False where that fails, which is told."""
        progress = self._startup.begin(STEP, "preparing .envs/build")
        try:
            await self._build.install(progress)
        except LaunchError as error:
            progress.done(f"{error} Until then {WITHOUT}.")
            return False
        return True

    async def make(self) -> bool:
        """The gateway's packages must be there. False where it fails, which is told."""
        progress = self._startup.begin(STEP, "compiling what a token goes through, once (about 40 s)")
        result = await run_tool([str(self._build.python), *MAKER[1:], str(self._gateway.python)], folder=self._root)
        if result.code:
            progress.done(f"not made ({result.last}): {WITHOUT}")
            return False
        progress.done("there")
        return True


async def provide(root: Path, startup: Startup) -> bool:
    """All of it, with the packages that it takes; silent where there is nothing to do."""
    compilation, gateway = Compilation(root, startup), Environment(root, GATEWAY)
    if not gateway.is_ready():
        progress = startup.begin("gateway packages", "looking")
        await gateway.install(progress)
        progress.done("there")
    return not await compilation.is_due() or (await compilation.prepare() and await compilation.make())
