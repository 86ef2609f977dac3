"""What this machine offers a worker: whether an NVIDIA driver answers."""
import shutil
import subprocess

ANSWER_S = 10


def gpu_names() -> list[str]:
    """The GPUs that the NVIDIA driver reports, or none: no driver, no card, or no answer in time."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        answer = subprocess.run(  # noqa: S603 - the program that PATH names, no input of others
            [program, "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True, text=True, timeout=ANSWER_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in answer.stdout.splitlines() if line.strip()]
