"""`python -m server`: see `server.process`. Compiled code is asked for before what it may stand for is loaded."""
import sys

from relay import compiled

if __name__ == "__main__":
    compiled.use()
    from server.process import main

    sys.exit(main())
