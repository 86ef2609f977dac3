import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import msgspec
import pytest

from tests.load.bench import Report
from tests.load.figures import Figures, Spread
from tests.load.plot import Axis, Line, plot
from tests.load.report import page

VOID = {"meta", "br"}


class Nesting(HTMLParser):
    """Raises where a tag is closed that is not the last one open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def step(sockets: int, name: str = "<at once> & more") -> Figures:
    spread = Spread(1.0, 2.0, 3.5 + sockets)
    return Figures(
        name=name, kind="closed", seconds=1.0, sockets=sockets, asked_per_s=0.0, answers=sockets, good=sockets,
        errors={}, output_tokens_per_s=50.0 * sockets, requests_per_s=1.0 * sockets, goodput_per_s=0.5 * sockets,
        first_ms=spread, per_token_ms=spread, gap_ms=spread, cpu_us_per_token={"gateway": 9.5},
        cpu_cores={"gateway": 0.4}, client_cores=[0.1, 0.2], remarks=["the generator was <slow>"])


def report(**scenarios: list[Figures]) -> Report:
    return Report(installation="http://localhost", started="2026-01-01 00:00", machine={"cores": 2},
                  objective_first_ms=1000, objective_per_token_ms=50, processes=2, scenarios=scenarios)


def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere() -> None:
    text = page(report(ramp=[step(n) for n in (1, 2, 4)], idle=[step(5, "idle")]))
    nesting = Nesting()
    nesting.feed(text)
    nesting.close()
    assert nesting.open == []
    assert "&lt;at once&gt; &amp; more" in text
    assert not re.search(r"(src|href)=|@import|url\(", text)
    assert text.count("<svg") == 6
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ET.fromstring(svg)  # noqa: S314 - our own


def test_the_page_tells_what_the_generator_says_of_itself_and_leaves_out_empty_columns() -> None:
    text = page(report(fixed=[step(3)]))
    assert "the generator was &lt;slow&gt;" in text
    assert "µs a token" in text
    assert "KiB a socket" not in text
    assert "errors" not in text


def test_a_report_comes_back_from_its_json() -> None:
    whole = report(fixed=[step(3)])
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Report) == whole


@pytest.mark.parametrize("points", [[(1.0, 1.0)], [(1.0, 0.0), (2.0, 0.0)], [(1.0, 5.0), (1000.0, 5.0)], [(0.0, 0.0)]])
@pytest.mark.parametrize("log", [False, True])
def test_any_points_can_be_drawn(points: list[tuple[float, float]], log: bool) -> None:
    drawn = plot("Title", Axis("x", log=log), Axis("y", log=log), [Line("line", points)])
    ET.fromstring(drawn)  # noqa: S314 - our own
    assert "nan" not in drawn


def test_points_lie_within_the_axes_and_higher_values_lie_higher() -> None:
    drawn = ET.fromstring(plot("Title", Axis("x", log=True), Axis("y"), [Line("a", [(1, 10), (8, 30), (64, 20)])]))  # noqa: S314
    line = drawn.find("polyline")
    assert line is not None
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert all(64 <= x <= 544 and 40 <= y <= 272 for x, y in points)
    assert points[1][1] < points[2][1] < points[0][1]
