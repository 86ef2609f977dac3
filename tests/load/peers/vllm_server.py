"""Becomes vLLM's own API server, as its makers ship it, with the engine settings that Parley's worker would use.

    python -m tests.load.peers.vllm_server --folder MODEL --name NAME --port 8000

Runs in the worker's environment.
"""
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from inference.engine.vllm.arguments import engine_arguments, prepare_environment
from inference.engine.vllm.weights import count_parameters
from tests.load.peers.engine import engine_parser, engine_settings
from tests.load.peers.words import MODULE, server_words


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What this process was started with; only that no hub and no collector of statistics is asked is added."""
    return {**environment, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}


def main() -> None:
    parser = engine_parser("tests.load.peers.vllm_server")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    environment, settings = own_environment(os.environ), engine_settings(given)
    prepare_environment(settings, count_parameters(Path(settings.folder)))
    command = [sys.executable, "-m", MODULE, *server_words(engine_arguments(settings), given.port)]
    sys.stderr.write(" ".join(command[1:]) + "\n")
    sys.stderr.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 - this is what it is for


if __name__ == "__main__":
    main()
