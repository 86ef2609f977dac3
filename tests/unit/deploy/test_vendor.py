"""The libraries that the page runs: whose they are, under which licence, and that a browser finds every part."""
import json
import re
from pathlib import Path

import pytest

from deploy.local import commands, npm, vendor
from deploy.local.errors import LaunchError

ROOT = Path(commands.ROOT)
FOLDER = ROOT / vendor.VENDOR_FOLDER
ROWS = re.findall(r"^\| `([\w-]+)/` \| (\S+) \| (\S+) \| ([^|]+) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
IMPORT = re.compile(rb"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")


def test_every_library_has_a_row_and_a_licence_of_its_own() -> None:
    assert [row[0] for row in ROWS] == sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
    for folder, _, _, licence in ROWS:
        assert licence.strip()
        assert len((FOLDER / folder / "LICENSE").read_text()) > 500


def test_the_versions_are_the_pinned_ones() -> None:
    pinned = json.loads((ROOT / npm.TEST_PROGRAMS / "package.json").read_text())["devDependencies"]
    assert {package: pinned.get(package) for _, package, _, _ in ROWS} == {
        package: version for _, package, version, _ in ROWS}


@pytest.mark.parametrize("module", sorted([*FOLDER.rglob("*.js"), *FOLDER.rglob("*.mjs")]), ids=lambda path: path.name)
def test_what_a_module_asks_for_is_there(module: Path) -> None:
    content = module.read_bytes()
    assert [name for name in IMPORT.findall(content) if not (module.parent / name.decode()).is_file()] == []
    assert b"sourceMappingURL" not in content


def test_the_fonts_of_formulas_are_there() -> None:
    asked = set(re.findall(r"url\(([^)]+\.woff2)\)", (FOLDER / "katex" / "katex.min.css").read_text()))
    assert asked == {f"fonts/{path.name}" for path in (FOLDER / "katex" / "fonts").iterdir()}


def test_what_refers_to_a_source_map_is_left_out_and_the_rest_kept(tmp_path: Path) -> None:
    for library in vendor.LIBRARIES.values():
        for source in library.files.values():
            path = tmp_path / library.package / source.replace("*", "one")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("let one;\n//# sourceMappingURL=one.js.map\n")
        (tmp_path / library.package / "package.json").write_text('{"version": "1.2.3", "license": "(A OR B)"}')
    files = vendor.vendored(tmp_path)
    assert files["lit-html/lit-html.js"] == b"let one;\n"
    assert "katex/fonts/one.woff2" in files
    assert b"| katex | 1.2.3 | A OR B |" in files["README.md"]


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"@highlightjs/cdn-assets is not installed.*run npm ci in tests/node"):
        vendor.vendored(tmp_path)
