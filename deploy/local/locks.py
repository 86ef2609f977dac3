"""Renews the lock files in `requirements/` from `pyproject.toml` and the `.in` files; run by `make lock`."""
from pathlib import Path

from deploy.local.errors import LaunchError
from deploy.local.installer import Installer, cause
from deploy.local.startup import Startup

COMMON = ("--universal", "--python-version", "3.11", "--generate-hashes", "--quiet", "--no-annotate",
          "--custom-compile-command", "make lock")
INPUTS: dict[str, tuple[str, ...]] = {
    "uv.txt": ("requirements/uv.in",),
    "gateway.txt": ("pyproject.toml", "--extra", "gateway"),
    "dev.txt": ("pyproject.toml", "--extra", "gateway", "--extra", "dev", "-c", "requirements/gateway.txt"),
    "build.txt": ("requirements/build.in", "-c", "requirements/dev.txt"),
    "worker-cpu.txt": ("pyproject.toml", "requirements/worker-cpu.in", "--extra", "worker",
                       "--override", "requirements/no-torch.txt"),
    "worker-gpu.txt": ("pyproject.toml", "requirements/worker-gpu.in", "--extra", "worker"),
    "worker-test.txt": ("requirements/worker-test.in", "-c", "requirements/worker-cpu.txt",
                        "--override", "requirements/no-torch.txt"),
}


async def renew(root: Path, startup: Startup, *, upgrade: bool = True) -> None:
    """Make every lock anew, in an order in which each finds what it leans on. Raises LaunchError with uv's reason."""
    installer = Installer(root)
    if not installer.is_there():
        await installer.fetch()
    for name, inputs in INPUTS.items():
        progress = startup.begin(name, "resolving")
        result = await installer.run(["pip", "compile", *COMMON, *(["--upgrade"] if upgrade else []), *inputs,
                                      "-o", f"requirements/{name}"])
        if result.code:
            progress.failed("could not be made")
            raise LaunchError(f"requirements/{name} could not be made: {cause(result.lines)}")
        progress.done("written")
