"""The sizes that are walked: small ones in the test suite, the others by command."""
from tests.model.actors import Size

SIZES = {
    "takeover": Size(),
    "reconnect-1": Size(length=1, breaks=1),
    "restart-1": Size(length=1, restarts=1, lost=1),
    "restart-1-2": Size(length=1, restarts=1, lost=2),
    "takeover-3": Size(attempts=3),
    "reconnect": Size(breaks=1),
    "restart": Size(restarts=1, lost=1),
    "restart-2": Size(restarts=1, lost=2),
    "both-1": Size(length=1, restarts=1, lost=1, breaks=1),
}
