"""Walk one size, or see one broken rule caught: python -m tests.model SIZE [RULE]"""
import sys
import time

from tests.model.actors import RULES
from tests.model.sizes import SIZES
from tests.model.walk import Violated, walk


def main() -> None:
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in SIZES or sys.argv[2:3] not in [[], *([r] for r in RULES)]:
        rules = "\n".join(f"  {name:20}{what}" for name, what in RULES.items())
        sys.exit(f"usage: python -m tests.model SIZE [RULE]\nSIZE is one of {', '.join(SIZES)}; RULE:\n{rules}")
    size = SIZES[sys.argv[1]]._replace(broken="".join(sys.argv[2:]))
    began = time.monotonic()
    try:
        count = walk(size)
    except Violated as violated:
        sys.exit(f"caught: {violated}")
    print(f"{count} states hold, in {time.monotonic() - began:.0f} s")  # noqa: T201 - that is what it is for


main()
