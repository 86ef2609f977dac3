"""`python -m inference`: see `inference.process`. Compiled code is asked for before what it may stand for is loaded."""
import os
import sys

from relay import compiled

if __name__ == "__main__":
    compiled.use()
    from inference.process import main

    code = main()
    sys.stderr.flush()
    os._exit(code)  # at once: an engine's threads may be in the midst of loading, and Python would wait for them
