"""How each broken rule of the relay comes to light: short histories of the state machine, in which all is well as long
as the rule stands. Most are the model's shortest ways to a violation, on the real scripts.
"""
from collections.abc import Callable

from tests.integration.relay.machine import RelayMachine

Story = Callable[[RelayMachine], None]
W0, W1 = 0, 1
GA, GB = 0, 1


def shown(m: RelayMachine, worker: int = W0) -> None:
    """The worker leases, and makes a token that `ga` shows and the log lacks."""
    m.make(worker)
    m.make(worker)
    m.read_inbox(GA)


def goes_on(m: RelayMachine, worker: int = W1) -> None:
    """The worker leases, and makes a token that is logged."""
    m.make(worker)
    m.work(worker, count=1, logs=True, looks=True)


def a_void_append(m: RelayMachine) -> None:
    shown(m)
    m.take_back(W0)
    m.make(W0)
    m.read_inbox(GA)
    goes_on(m)


def an_append_that_lands_late(m: RelayMachine) -> None:
    shown(m)
    m.break_connection(W0, "late", "append")
    m.take_back(W0)
    m.land(0)
    m.read_inbox(GA)
    goes_on(m)


def taken_back(m: RelayMachine) -> None:
    shown(m)
    m.take_back(W0)
    goes_on(m)


def left_and_taken_back(m: RelayMachine) -> None:
    shown(m)
    m.use("leave", GA, 0)
    m.take_back(W0)
    goes_on(m)


def a_release_that_lands_late(m: RelayMachine) -> None:
    shown(m)
    m.break_connection(W0, "late", "release")
    m.make(W0)  # it rejoins
    m.work(W0, count=1, logs=True, looks=True)
    m.make(W0)
    m.read_inbox(GA)
    m.land(0)
    goes_on(m)


def a_lower_attempt_rejoins(m: RelayMachine) -> None:
    shown(m)
    m.break_connection(W0, "never", "append")
    m.take_back(W0)
    shown(m, W1)
    m.make(W0)
    m.work(W0, count=1, logs=True, looks=True)


def lost_with_its_worker(m: RelayMachine) -> None:
    """The last token is lost, and its worker dies."""
    shown(m)
    m.restart(1, [], [])
    m.die(W0)
    m.take_back(0)
    goes_on(m, W0)


def lost_and_leased_early(m: RelayMachine) -> None:
    """The lease is lost too; another is there before the gateways are."""
    shown(m)
    m.restart(2, [("work", W1), ("work", W1), ("work", W1)], [])


def a_forgotten_successor(m: RelayMachine) -> None:
    """Redis forgets that w0 was taken back, and what w1 has made since; w0 comes before the gateways do."""
    shown(m)
    m.take_back(W0)
    shown(m, W1)
    m.restart(4, [("work", W0)], [])
    m.die(W1)


def two_who_hold_it(m: RelayMachine) -> None:
    """Redis forgets that the job went from w0 to w1; both rejoin."""
    shown(m)
    m.take_back(W0)
    m.make(W1)
    m.restart(3, [], [("work", W0), ("work", W1)])
    m.make(W0)
    m.read_inbox(GA)
    m.work(W1, count=1, logs=True, looks=True)


def a_lease_given_again(m: RelayMachine) -> None:
    """Redis forgets the lease and a token that nobody has been shown; w0 sleeps through the grace, and wakes."""
    m.make(W0)
    m.make(W0)
    m.restart(2, [], [("work", W1)])
    goes_on(m)
    m.read_inbox(GA)
    m.make(W0)  # it rejoins
    m.make_more(W0)


def left_and_lost(m: RelayMachine) -> None:
    """What was shown to one who has left is lost, with its worker."""
    shown(m)
    m.use("leave", GA, 0)
    m.restart(3, [], [])
    m.die(W0)
    m.take_back(0)
    goes_on(m, W0)


def rejoined_and_followed_anew(m: RelayMachine) -> None:
    """The last viewer leaves, the connection breaks, and somebody comes to view it after w0 has rejoined."""
    shown(m)
    m.use("leave", GA, 0)
    m.break_connection(W0, "never", "append")
    m.make(W0)
    m.use("follow", GA, 0)
    m.make(W0)
    m.read_inbox(GA)
    m.take_back(W0)
    goes_on(m)


def released(m: RelayMachine) -> None:
    shown(m)
    m.release(W0, goes=False)
    goes_on(m)


def the_log_went_on(m: RelayMachine) -> None:
    """Redis forgets w1's lease; w0 rejoins and goes on, w1 sleeps through the grace, and wakes."""
    shown(m)
    m.take_back(W0)
    m.make(W1)
    m.restart(3, [], [("work", W0)])
    m.make(W0)
    m.make(W0)
    m.read_inbox(GA)
    m.make(W1)
    m.work(W1, count=1, logs=True, looks=True)


def work_in_the_grace(m: RelayMachine) -> None:
    shown(m)
    m.restart(1, [], [("work", W0), ("work", W0)])


def the_end_is_lost_and_put_back(m: RelayMachine) -> None:
    m.make(W0)
    for _ in range(9):
        m.make(W0)
    m.read_inbox(GA)
    m.restart(1, [], [("work", W0)])


def an_unheard_lease(m: RelayMachine) -> None:
    m.break_connection(W0, "unanswered", "lease")
    m.make(W0)


def taken_back_and_rejoined(m: RelayMachine) -> None:
    shown(m)
    m.break_connection(W0, "never", "append")
    m.take_back(W0)
    m.make(W0)


def lost_job(m: RelayMachine) -> None:
    m.restart(6, [], [])


STORIES: dict[str, Story] = {
    "no-fence": a_void_append,
    "split-write": an_append_that_lands_late,
    "no-fold": taken_back,
    "forget-destination": left_and_taken_back,
    "same-token": a_release_that_lands_late,
    "keep-lower": a_lower_attempt_rejoins,
    "no-backfill": lost_with_its_worker,
    "no-grace": lost_and_leased_early,
    "workers-first": a_forgotten_successor,
    "append-in-grace": work_in_the_grace,
    "two-owners": two_who_hold_it,
    "same-attempt": a_lease_given_again,
    "forget": left_and_lost,
    "blind-append": rejoined_and_followed_anew,
    "no-tail": released,
    "no-log-check": the_log_went_on,
    "half-backfill": lost_with_its_worker,
    "not-released": an_unheard_lease,
    "still-held": taken_back_and_rejoined,
    "lost-end": the_end_is_lost_and_put_back,
    "lost-job": lost_job,
}
