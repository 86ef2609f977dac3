"""All keys of the relay, for Python and for the scripts: their names are made here and nowhere else.

The cell in braces is Redis Cluster's hash tag: a cell's keys live on one node, so a script may touch them all.
"""
from relay.records import VERSION

ONE_EACH = ("run", "workers", "gateways", "live", "models", "to_record", "unwatched", "history",
    "failures", "refusals")
PER_NAME = (  # of a response, a model, a worker, a gateway, a user
    "job", "log", "queue", "turns", "clock", "handover", "held", "commands", "inbox", "follows", "user",
    "connected", "roll")

CONSTANTS = {"VERSION": VERSION}


class Keys:
    """The keys of one cell."""

    def __init__(self, cell: str) -> None:
        self.prefix = f"parley:{{{cell}}}:"
        self.to_record = f"{self.prefix}to_record"
        self.workers = f"{self.prefix}workers"
        self.gateways = f"{self.prefix}gateways"
        self.history = f"{self.prefix}history"
        self.failures = f"{self.prefix}failures"
        self.refusals = f"{self.prefix}refusals"

    def job(self, response_id: str) -> str:
        return f"{self.prefix}job:{response_id}"

    def log(self, response_id: str) -> str:
        return f"{self.prefix}log:{response_id}"

    def follows(self, gateway: str) -> str:
        return f"{self.prefix}follows:{gateway}"

    def inbox(self, gateway: str) -> str:
        return f"{self.prefix}inbox:{gateway}"

    def connected(self, gateway: str) -> str:
        return f"{self.prefix}connected:{gateway}"

    def roll(self, gateway: str) -> str:
        return f"{self.prefix}roll:{gateway}"

    def commands(self, worker: str) -> str:
        return f"{self.prefix}commands:{worker}"

    def user(self, user: str) -> str:
        return f"{self.prefix}user:{user}"

    def idempotency(self, user: str, key: str | None) -> str:
        """Empty where there is none. The user's colons are escaped, so that no user can name another's key."""
        return "" if not key else f"{self.prefix}idempotency:{user.replace('%', '%25').replace(':', '%3A')}:{key}"


def lua() -> str:
    """The same names (and the codec's constants) for the scripts, which get the prefix as KEYS[1]."""
    lines = [f"local {name} = {value}" for name, value in CONSTANTS.items()]
    lines += ["local KEY = {}"]
    lines += [f"KEY.{name} = KEYS[1] .. '{name}'" for name in ONE_EACH]
    lines += [f"function KEY.{name}(of) return KEYS[1] .. '{name}:' .. of end" for name in PER_NAME]
    return "\n".join(lines) + "\n"
