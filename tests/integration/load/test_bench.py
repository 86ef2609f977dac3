"""The load generator against a real installation: a moment of every scenario, told as counts."""
from pathlib import Path

import msgspec

from tests.load.__main__ import arguments, main
from tests.load.bench import Report
from tests.load.scenarios import SCENARIOS
from tests.parley import Parley


def test_every_scenario_ends_with_answers_figures_and_a_page(parley: Parley, tmp_path: Path) -> None:
    """What is asked for is answered whole: no errors, and after a storm each client has gone on to the end."""
    run = str(parley.folder / "run")
    assert main(["--url", parley.url, "--tiny", "--run-dir", run, "--seconds", "0.5", "--out", str(tmp_path)]) == 0
    report = msgspec.json.decode((tmp_path / "load.json").read_bytes(), type=Report)
    assert list(report.scenarios) == list(SCENARIOS)
    for name, phases in report.scenarios.items():
        for phase in phases:
            assert phase.errors == {}, name
            assert (phase.answers > 0) == (name != "idle"), name
            assert phase.cpu_cores.keys() >= {"gateway", "worker"}
    (storm,) = report.scenarios["storm"]
    assert storm.answers == storm.sockets == 4
    assert storm.wait_ms is not None
    (idle,) = report.scenarios["idle"]
    assert idle.kib_per_socket is not None
    assert "</html>" in (tmp_path / "load.html").read_text()


def test_what_cannot_be_reached_is_told_as_such(tmp_path: Path) -> None:
    words = ["fixed", "--url", "http://127.0.0.1:1", "--tiny", "--seconds", "0.5", "--out", str(tmp_path)]
    assert main(words) == 1
    report = msgspec.json.decode((tmp_path / "load.json").read_bytes(), type=Report)
    (phase,) = report.scenarios["fixed"]
    assert set(phase.errors) == {"unreachable"}


def test_one_scenario_may_be_asked_for() -> None:
    assert arguments(["fixed", "idle"]).scenario == ["fixed", "idle"]
