import time

from tests.load.peers.streams import burn, event_data


def test_an_events_data_is_found_with_and_without_a_name_before_it() -> None:
    assert event_data(b'data: {"a":1}') == b'{"a":1}'
    assert event_data(b'event: x\nid: 4\ndata: {"data: ":1}') == b'{"data: ":1}'
    assert event_data(b": waiting") == b""


def test_what_is_burnt_is_time_of_the_processor() -> None:
    before = time.thread_time()
    burn(0.01)
    assert time.thread_time() - before >= 0.01
