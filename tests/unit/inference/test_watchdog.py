from inference.watchdog import Watchdog


def test_an_engine_that_stands_still_is_dead_after_the_limit() -> None:
    watchdog = Watchdog(3.0, 0.0)
    assert [watchdog.dead(now) for now in (1.0, 2.0, 2.9, 3.0)] == [False, False, False, True]


def test_each_step_begins_anew() -> None:
    watchdog = Watchdog(3.0, 0.0)
    assert not watchdog.dead(2.0)
    watchdog.stepped()
    assert not watchdog.dead(4.0)
    assert watchdog.dead(5.0)


def test_a_paused_process_does_not_blame_the_engine() -> None:
    watchdog = Watchdog(3.0, 0.0)
    assert not watchdog.dead(600.0)
    assert not watchdog.dead(600.5)
    assert watchdog.dead(602.0)
