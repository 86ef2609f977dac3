"""What must be there before the workers can start: their packages, for this machine's hardware, and the model."""
from dataclasses import dataclass
from pathlib import Path

from deploy.local.environments import GATEWAY, WORKER_CPU, WORKER_GPU, Environment
from deploy.local.errors import LaunchError
from deploy.local.hardware import gpu_names
from deploy.local.model_preparation import ModelProgress
from deploy.local.settings import LaunchSettings
from deploy.local.startup import Startup
from deploy.local.tool import run_tool

WORKER_PACKAGES = "worker packages"
MODEL = "model"


@dataclass(frozen=True)
class Preparation:
    """Chooses the worker's environment, and fills it while the gateways already answer."""

    root: Path
    settings: LaunchSettings
    startup: Startup

    def worker_environment(self) -> Environment:
        """The GPU or the CPU build; an engine without a model of its own runs on the gateway's packages."""
        if self.settings.engine != "vllm":
            return Environment(self.root, GATEWAY)
        return Environment(self.root, WORKER_GPU if gpu_names() else WORKER_CPU)

    async def install(self, environment: Environment, step: str) -> None:
        """Make an environment, telling how it goes; silent where there is nothing to do."""
        if environment.is_ready():
            return
        progress = self.startup.begin(step, f"preparing .envs/{environment.recipe.name}")
        try:
            await environment.install(progress)
        except LaunchError as error:
            progress.failed(str(error))
            raise
        progress.done("installed")

    async def model(self, environment: Environment) -> None:
        """Choose the model, fetch and convert it if need be. Raises LaunchError with the preparation's own sentence."""
        if self.settings.engine != "vllm":
            return
        progress = self.startup.begin(MODEL, "choosing the model")
        reader = ModelProgress(progress.tell)
        result = await run_tool([str(environment.python), "-m", "inference.models", "prepare"], folder=self.root,
                                environment={"PARLEY_DATA_DIR": str(self.settings.data), "PYTHONUNBUFFERED": "1"},
                                on_line=reader)
        if result.code:
            reason = result.last or f"the preparation ended with exit code {result.code}"
            progress.failed(reason)
            raise LaunchError(reason)
        progress.done(reader.choice)
