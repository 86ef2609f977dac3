import pytest

from tests.load.peers.engines import role_of, wait_for


def test_vllms_processes_are_known_by_their_titles() -> None:
    assert role_of("VLLM::EngineCore ") == "engine_core"
    assert role_of("VLLM::Worker") == "model"
    assert role_of("/usr/bin/python -c from multiprocessing.resource_tracker import main") == "other"


def test_one_that_has_ended_is_not_waited_for() -> None:
    with pytest.raises(RuntimeError, match="its last words"):
        wait_for(lambda: False, lambda: False, lambda: "its last words")
