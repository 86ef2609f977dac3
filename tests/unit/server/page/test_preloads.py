"""The page names all its modules at once, so that a browser fetches them at once and not one behind the other."""
from tests.page_graph import ROOT, graph, preloads, source

LINE = '  <link rel="modulepreload" href="/{}">'


def test_the_page_names_each_module_that_it_needs_at_the_start() -> None:
    html = (ROOT / "static" / "index.html").read_text(encoding="utf-8")
    wanted = graph()
    assert preloads(html) == wanted, "static/index.html must say:\n" + "\n".join(map(LINE.format, wanted))


def test_every_module_is_there() -> None:
    assert [module for module in graph() if not source(module).is_file()] == []


def test_rooms_that_not_everybody_enters_are_not_among_them() -> None:
    rooms = {module.split("/")[1] for module in graph() if module.endswith("/room.js")}
    assert rooms == {"chat"}
