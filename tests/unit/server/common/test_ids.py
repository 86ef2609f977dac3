"""Ids are unique and say where they belong."""
import re

from server.common import ids


def test_a_response_id_names_its_cell() -> None:
    assert re.fullmatch(r"resp_7[0-9a-f]{32}", ids.response_id("7"))
    assert len({ids.response_id() for _ in range(100)}) == 100


def test_an_item_id_has_its_prefix() -> None:
    assert re.fullmatch(r"msg_[0-9a-f]{32}", ids.item_id("msg"))
