"""`python3 -m deploy.local COMMAND`; the Makefile's targets are these commands."""
import sys

LEAST_PYTHON = (3, 11)


def main() -> int:
    """Carry out the command line; must be readable to a Python that is too old."""
    if sys.version_info < LEAST_PYTHON:
        sys.stderr.write(f"Parley needs Python 3.11 or newer, and this is {sys.version_info[0]}.{sys.version_info[1]}; "
                         "name another one, for example make run PYTHON=python3.12\n")
        return 2
    from deploy.local.commands import run_command
    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
