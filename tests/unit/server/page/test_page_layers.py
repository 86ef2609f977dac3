"""Which way imports run in the page: from the shell down to core, and from no room into another."""
import pytest

from tests.page_graph import ROOT, imports

# A folder may import those of lower layers, and itself.
LAYERS = [{"vendor", "words"}, {"core"}, {"client", "ui"}, {"markdown", "status"}, {"account"}, {"settings"},
          {"admin", "chat", "conversations"}]
DEPTH = {folder: depth for depth, layer in enumerate(LAYERS) for folder in layer}
MODULES = sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)


@pytest.mark.parametrize("folder", sorted(set(DEPTH) - {"vendor", "client"}))
def test_a_room_imports_what_lies_below_it(folder: str) -> None:
    own = [module for module in MODULES if module.startswith(f"static/{folder}/")]
    assert own
    wrong = [f"{module} -> {found}" for module in own for found in imports(module)
             if (other := found.split("/")[1]) != folder and DEPTH.get(other, len(LAYERS)) >= DEPTH[folder]]
    assert wrong == []


def test_what_a_room_chooses_for_talking_is_all_that_others_take_of_the_settings() -> None:
    found = {found for module in MODULES if not module.startswith(("static/settings/", "static/app.js"))
             for found in imports(module) if found.startswith("static/settings/")}
    assert found == {"static/settings/choices.js"}
