"""`make chaos`: a real stack under faults drawn at random from a seed, while hundreds of clients read and are checked.

`plan` says what is to happen, `faults` makes it happen, `stream` reads, `check` judges, `table` tells.
"""
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "clients" / "python"))  # it is a package of its own, not installed here
