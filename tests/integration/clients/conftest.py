"""The Python client is a package of its own, which nobody installs here."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "clients" / "python"))
