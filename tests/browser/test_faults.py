"""Whatever dies or falls silent in the middle of an answer: the page says so, and loses and repeats nothing."""
import shutil
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.faulty import BEGUN, NEXT, QUESTION, Faulty, asleep, check_reads_as, expected
from tests.browser.front import Front
from tests.browser.talk import ask, said, text_of, turns, wait_for_end, wait_for_text
from tests.parley import Parley

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def installation() -> Iterator[Parley]:
    with Parley(gateways=2, workers=2, settings={"synthetic_tokens_per_s": "40", "titles": "false"}) as parley:
        yield parley


@pytest.fixture(scope="module")
def front(installation: Parley) -> Iterator[Front]:
    with Front(installation) as front:
        yield front


@pytest.fixture
def faulty(page: Page, installation: Parley, front: Front) -> Iterator[Faulty]:
    faulty = Faulty(page, installation, front)
    faulty.open()
    yield faulty
    faulty.mend()


def test_a_gateway_is_killed_and_comes_back(faulty: Faulty) -> None:
    faulty.front.lead_to(1)
    answer = faulty.begin()
    faulty.parley.end("gateway-1", signal.SIGKILL)
    faulty.wait_for_words("Reconnecting")
    faulty.parley.start_gateway(1)
    faulty.check_whole(answer)


def test_a_gateway_is_stopped_and_another_is_there(faulty: Faulty) -> None:
    answer = faulty.begin()
    faulty.parley.end("gateway-1")
    faulty.wait_for_words("Reconnecting")
    faulty.check_whole(answer)


def test_a_worker_is_killed_and_another_goes_on(faulty: Faulty) -> None:
    answer = faulty.begin()
    faulty.parley.end(faulty.holder(), signal.SIGKILL)
    faulty.wait_for_words("The worker restarted; the answer goes on where it was.")
    faulty.check_whole(answer)


def test_the_only_worker_is_killed_and_starts_anew(faulty: Faulty) -> None:
    """Until then there is nobody to go on, and the page says so."""
    answer = faulty.begin()
    holder = faulty.holder()
    faulty.parley.end("worker-1" if holder == "worker-2" else "worker-2")
    faulty.parley.end(holder, signal.SIGKILL)
    faulty.wait_for_words("The worker that wrote this was lost. Another goes on where it was: nothing is lost.")
    faulty.mend()
    faulty.wait_for_words("The worker restarted; the answer goes on where it was.")
    faulty.check_whole(answer)


def test_a_worker_stands_still_and_another_goes_on(faulty: Faulty) -> None:
    """It wakes when another has its answer, and writes nothing more of it."""
    answer = faulty.begin()
    holder = faulty.holder()
    with asleep(faulty.parley, holder):
        faulty.parley.wait_until(lambda: faulty.holder() not in (holder, ""), "another to have it")
    faulty.wait_for_words("The worker restarted; the answer goes on where it was.")
    faulty.check_whole(answer)


@pytest.mark.parametrize("loses", [False, True])
def test_redis_is_restarted(faulty: Faulty, loses: bool) -> None:
    """What it loses are the last words it took, as where the machine goes and not the process alone."""
    answer = faulty.begin()
    redis = faulty.parley.redis
    copy = redis.keep_copy() if loses else None
    wait_for_text(answer, len(text_of(answer)) + BEGUN)
    if copy:
        redis.restart_from(copy)
        shutil.rmtree(copy)
    else:
        redis.stop()
        faulty.wait_for_words("The server cannot reach its Redis just now.")
        redis.start()
    faulty.check_whole(answer)


def test_the_device_is_offline_and_back(faulty: Faulty) -> None:
    answer = faulty.begin()
    faulty.page.context.set_offline(True)
    faulty.front.lead_to()
    faulty.front.cut()
    faulty.wait_for_words("This device is offline.")
    faulty.front.heal()
    faulty.page.context.set_offline(False)
    faulty.check_whole(answer)


def test_the_network_falls_silent_and_says_nothing(faulty: Faulty) -> None:
    """As where a cable is pulled or a notebook changes its network: no end of the connection is ever heard."""
    answer = faulty.begin()
    assert faulty.front.silence()
    faulty.page.evaluate("dispatchEvent(new Event('online'))")  # as a browser says when it has another network
    faulty.wait_for_words("Reconnecting")
    faulty.check_whole(answer)


@pytest.mark.parametrize("fault", ["gateway", "worker", "redis"])
def test_the_page_is_loaded_anew_meanwhile(faulty: Faulty, fault: str) -> None:
    before = text_of(faulty.begin())
    if fault == "gateway":
        faulty.parley.end("gateway-1", signal.SIGKILL)
    elif fault == "worker":
        faulty.parley.end(faulty.holder(), signal.SIGKILL)
    else:
        faulty.parley.redis.stop()
    faulty.page.reload()
    if fault == "redis":
        faulty.parley.redis.start()
    answer = faulty.page.locator(".answer")
    wait_for_text(answer, len(before) + BEGUN)
    faulty.check_whole(answer)


def test_two_tabs_at_two_gateways_follow_one_answer_and_the_second_stops_it(faulty: Faulty) -> None:
    answer = faulty.begin()
    other = faulty.page.context.new_page()
    other.goto(f"{faulty.parley.urls[1]}/c/{faulty.conversation}")
    there = other.locator(".answer")
    wait_for_text(there, len(wait_for_text(there, BEGUN)) + BEGUN)
    other.get_by_role("button", name="Stop").click()
    for one in (there, answer):
        wait_for_end(one, "stopped")
    [turn] = turns(faulty.page)
    assert expected(QUESTION).startswith(said(turn))
    for one in (there, answer):
        check_reads_as(one, said(turn))
    other.close()
    wait_for_end(ask(faulty.page, NEXT))


def test_the_lid_is_closed_for_a_night(faulty: Faulty) -> None:
    """The page stands still, its connection goes, and the answer ends without it."""
    answer = faulty.begin()
    debugger = faulty.page.context.new_cdp_session(faulty.page)
    debugger.send("Page.setWebLifecycleState", {"state": "frozen"})
    faulty.front.lead_to()
    assert faulty.front.cut()
    faulty.wait_for_answer_to_be_kept()
    faulty.front.heal()
    debugger.send("Page.setWebLifecycleState", {"state": "active"})
    faulty.check_whole(answer)


def test_the_device_is_offline_for_a_night(faulty: Faulty) -> None:
    """Long after all patience is over, and after the relay has forgotten the answer: it is in the database."""
    faulty.page.clock.install()
    answer = faulty.begin()
    faulty.front.lead_to()
    faulty.page.context.set_offline(True)
    assert faulty.front.cut()
    faulty.wait_for_answer_to_be_kept()
    faulty.parley.forget_ended()
    faulty.page.clock.fast_forward("08:00:00")
    faulty.front.heal()
    faulty.page.context.set_offline(False)
    faulty.check_whole(answer)

