"""Why a command of `deploy.local` ends: one sentence for the person at the terminal, and an exit code."""

FAILED = 1
REFUSED = 2  # nothing was wrong with Parley, but with what it was given
INTERRUPTED = 130  # as shells count SIGINT


class LaunchError(Exception):
    """Something went wrong on the way; the message is a sentence that says what to do."""

    exit_code = FAILED


class Refusal(LaunchError):
    """A setting, a folder or a port that cannot be used; nothing was started, or all was stopped again."""

    exit_code = REFUSED
