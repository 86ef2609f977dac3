"""What axe-core finds wrong with a page for people who cannot see it well, or use no mouse."""
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parent.parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
# What breathes for ever is not waited for.
_STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => null)))"""


def check_accessibility(page: Page) -> None:
    """Asserts that it finds nothing, once nothing moves any more: what fades in is judged by its colours of the moment.

    The page keeps its content security policy: the debugger puts axe in, not an element.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SOURCE.read_text())
    page.evaluate(_STILL)
    violations: list[dict[str, Any]] = page.evaluate(_RUN, RULES)["violations"]
    found = [f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in violations for node in one["nodes"]]
    assert not found, "\n".join(found)
