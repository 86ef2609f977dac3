"""Going through a whole view with the Tab key, as somebody does who has no mouse."""
from typing import Any

from playwright.sync_api import Page

# What can be reached, in the order of the document; within a modal dialog only what is in it. Of radio buttons one is
# enough: the arrow keys lead to the others, as they do to the rows of a list.
_BEGIN = """async () => {
    const able = "a[href], button, input, select, textarea, summary, iframe, [contenteditable], [tabindex]";
    const root = document.querySelector("dialog:modal") ?? document.body;
    const seen = (one) => one.checkVisibility({visibilityProperty: true});
    const first = (one) => [...document.querySelectorAll(`input[type=radio][name="${one.name}"]`)]
        .find((other, at, all) => other.checked || !all.some((another) => another.checked));
    const stops = [...root.querySelectorAll(able)].filter((one) => one.tabIndex >= 0 && seen(one)
        && !one.matches(":disabled, [inert] *") && (one.type !== "radio" || first(one) === one));
    const around = (one) => [one, one.parentElement, one.parentElement?.parentElement].filter(Boolean);
    const look = (one) => around(one).map((part) => {
        const {outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor} = getComputedStyle(part);
        const outline = outlineStyle !== "none" && outlineWidth !== "0px" && [outlineStyle, outlineWidth, outlineColor];
        return [outline, boxShadow, borderColor].join(" / ");
    }).join(" | ");
    const name = (one) => one.outerHTML.slice(0, 160).replace(/\\s+/g, " ");
    const covered = (one) => {
        const box = one.getBoundingClientRect();
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        if (right <= left || bottom <= top) return "out of view";
        const places = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
        const hit = places.map(([x, y]) => (
            document.elementFromPoint(left + x * (right - left), top + y * (bottom - top))));
        const own = (at) => at && (one.contains(at) || at.closest("label")?.contains(one));
        return hit.some(own) ? "" : `covered by ${name(hit[0] ?? document.body)}`;
    };
    const dead = [...root.querySelectorAll("*")].filter((one) => seen(one) && getComputedStyle(one).cursor === "pointer"
        && !one.closest(`${able}, label`) && !one.querySelector(able));
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    root.tabIndex = -1;
    root.focus({preventScroll: true});
    await drawn();
    const before = stops.map(look);
    const at = async () => {
        await drawn();
        const one = document.activeElement;
        if (one === root || one === document.body) return {index: -1, name: "", scrolls: false, wrong: ""};
        const index = stops.indexOf(one);
        const scrolls = one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth;
        const unseen = index >= 0 && look(one) === before[index] ? "its focus cannot be seen" : "";
        return {index, name: name(one), scrolls, wrong: [unseen, covered(one)].filter(Boolean).join(", ")};
    };
    window.tabbing = {stops, at, end: () => root.removeAttribute("tabindex")};
    return {names: stops.map(name), dead: dead.map(name)};
}"""


def sweep(page: Page, least: int) -> None:
    """Asserts that Tab leads to all that one can use, once, in order and visibly, and Shift+Tab back.

    There are `least` or more.
    """
    page.emulate_media(reduced_motion="reduce")
    found: dict[str, list[str]] = page.evaluate(_BEGIN)
    names = found["names"]
    assert not found["dead"], f"only a mouse can use {found['dead']}"
    assert len(names) >= least, f"only {len(names)}: {names}"
    forth, wrong = _walk(page, "Tab", len(names))
    missing = [name for index, name in enumerate(names) if index not in forth]
    assert not missing, f"never reached: {missing}; {wrong}; {forth}"
    assert forth == sorted(forth), f"out of order: {[names[index] for index in forth]}"
    page.evaluate("tabbing.stops.at(-1).focus()")
    back, again = _walk(page, "Shift+Tab", len(names) - 1)
    assert [*reversed(back)] == forth[:-1], f"back it goes {back}, of {names}"
    page.evaluate("tabbing.end()")
    assert not wrong + again, "\n".join(dict.fromkeys(wrong + again))


def _walk(page: Page, key: str, steps: int) -> tuple[list[int], list[str]]:
    """Where it leads to, until it comes round; and what is wrong with how that looks."""
    order: list[int] = []
    wrong: list[str] = []
    for _ in range(steps + 10):
        if len(order) == steps:
            break
        page.keyboard.press(key)
        at: dict[str, Any] = page.evaluate("tabbing.at()")
        if at["index"] in order or not at["name"]:
            break
        if at["index"] >= 0:
            order.append(at["index"])
        elif not at["scrolls"]:  # browsers have a stop of their own at what scrolls
            wrong.append(f"unexpected: {at['name']}")
        if at["wrong"]:
            wrong.append(f"{at['name']}: {at['wrong']}")
    return order, wrong
