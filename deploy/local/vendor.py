"""Copies the libraries of the page out of what npm installed for the tests into `static/vendor/`; run by `make vendor`.

The browser runs them as they are, so they are committed; `tests/node/package.json` pins their versions.
"""
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.local import npm
from deploy.local.environments import DEV, Environment
from deploy.local.errors import LaunchError
from deploy.local.startup import Startup
from deploy.local.terminal import Terminal

VENDOR_FOLDER = Path("static/vendor")
BARE_IMPORT = re.compile(rb"""(\bfrom ['"])(@?[\w-]+(?:/[\w-]+)?)(?=['"])""")
SOURCE_MAP = re.compile(rb"\n?(?://# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)[ \t]*$", re.MULTILINE)
DIRECTIVES = ("class-map", "if-defined", "live", "ref", "repeat")
README = """# Libraries of others that the page runs

Copied out of npm's packages as they are, without a build, by `make vendor`, and never edited by hand. Two things
differ, as a browser needs it: what refers to a source map is left out, and a package that imports another by its name
imports it from where it lies here. For a new version: `npm install --save-exact --save-dev NAME@VERSION` in
`tests/node`, then `make vendor`. A test compares this folder with what npm installed.

| folder | package | version | licence | what for |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Library:
    """One package: what it is for, and its files here by where they lie in it; a `*` stands for names."""

    package: str
    what_for: str
    files: dict[str, str]


def _lit_html() -> dict[str, str]:
    modules = ["lit-html", "directive", "directive-helpers", "async-directive",
               *(f"directives/{name}" for name in DIRECTIVES)]
    return {"LICENSE": "LICENSE"} | {f"{name}{end}": f"{name}{end}" for name in modules for end in (".js", ".d.ts")}


def _lezer() -> dict[str, str]:
    return {"LICENSE": "LICENSE", "index.js": "dist/index.js", "index.d.ts": "dist/index.d.ts"}


LIBRARIES = {
    "highlight": Library("@highlightjs/cdn-assets", "colours in code, in a worker of the browser", {
        "LICENSE": "LICENSE", "highlight.min.js": "es/highlight.min.js"}),
    "katex": Library("katex", "formulas", {
        "LICENSE": "LICENSE", "katex.mjs": "dist/katex.mjs", "katex.d.mts": "types/katex.d.ts",
        "katex.min.css": "dist/katex.min.css", "fonts/*.woff2": "dist/fonts/*.woff2"}),
    "lezer-common": Library("@lezer/common", "trees of syntax, for lezer-markdown", _lezer()),
    "lezer-highlight": Library("@lezer/highlight", "lezer-markdown names its nodes' styles by it", _lezer()),
    "lezer-markdown": Library("@lezer/markdown", "reads Markdown", _lezer()),
    "lit-html": Library("lit-html", "templates that change only what has changed", _lit_html()),
    "signals-core": Library("@preact/signals-core", "values that tell who reads them that they have changed", {
        "LICENSE": "LICENSE", "signals-core.mjs": "dist/signals-core.mjs",
        "signals-core.d.mts": "dist/signals-core.d.ts"}),
}


async def run(root: Path, terminal: Terminal) -> int:
    """Install what `tests/node` pins, and copy out of it. Returns npm's exit code."""
    dev = Environment(root, DEV)
    await dev.install(Startup(terminal).begin("dev packages", "looking"))
    (install,) = npm.runs(dev, root / npm.TEST_PROGRAMS, {"programs of others": npm.INSTALL})
    install.run(root)
    if not install.code:
        renew(root)
    return install.code


def renew(root: Path) -> None:
    """Make `static/vendor` hold exactly what the installed packages do. Raises LaunchError where one is missing."""
    files = vendored(root / npm.TEST_PROGRAMS / "node_modules")
    folder = root / VENDOR_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def vendored(modules: Path) -> dict[str, bytes]:
    """What belongs into `static/vendor`, by path, according to the packages in this `node_modules`."""
    files: dict[str, bytes] = {}
    rows = []
    for folder, library in LIBRARIES.items():
        package = modules / library.package
        try:
            told = json.loads((package / "package.json").read_bytes())
            files |= {f"{folder}/{name}": content for name, content in _files(package, library.files).items()}
        except OSError as error:
            raise LaunchError(f"{library.package} is not installed as it should be ({error.strerror}: "
                              f"{error.filename}); run npm ci in {npm.TEST_PROGRAMS} and try again.") from None
        rows.append(f"| `{folder}/` | {library.package} | {told['version']} | {told['license'].strip('()')} | "
                    f"{library.what_for} |\n")
    return files | {"README.md": (README + "".join(rows)).encode()}


def _files(package: Path, wanted: dict[str, str]) -> dict[str, bytes]:
    files = {}
    for name, source in wanted.items():
        if "*" not in source:
            content = SOURCE_MAP.sub(b"", (package / source).read_bytes())
            files[name] = BARE_IMPORT.sub(_found_here, content) if name.endswith("s") else content
            continue
        for path in sorted(package.glob(source)):
            files[f"{name.rpartition('/')[0]}/{path.name}"] = path.read_bytes()
    return files


def _found_here(asked: re.Match[bytes]) -> bytes:
    """An import of another library here, from where it lies; of anything else, as it is."""
    for folder, library in LIBRARIES.items():
        if library.package.encode() == asked[2]:
            module = next(name for name in library.files if name.endswith("js"))
            return asked[1] + f"../{folder}/{module}".encode()
    return asked[0]
