"""The page's modules, as a browser finds them: which of them app.js needs before anything can be drawn."""
import re
from pathlib import Path
from posixpath import dirname, join, normpath

ROOT = Path(__file__).parent.parent
CLIENT = "static/client/"  # the JavaScript SDK, which the gateway serves there
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STATIC_IMPORT = re.compile(r"""(?:^|;)\s*(?:import|export)\b(?:[^;"'()]*?\bfrom\s*)?["'](\.[^"']+)["']""", re.MULTILINE)
PRELOAD = re.compile(r'<link rel="modulepreload" href="/([^"]+)">')


def source(module: str) -> Path:
    """The file that is served as /`module`."""
    return ROOT / (module.replace(CLIENT, "clients/js/src/", 1) if module.startswith(CLIENT) else module)


def imports(module: str) -> list[str]:
    """What a module imports before it runs; `import()` while it runs is not among it."""
    text = COMMENT.sub("", source(module).read_text(encoding="utf-8"))
    return [normpath(join(dirname(module), found)) for found in STATIC_IMPORT.findall(text)]


def graph(entry: str = "static/app.js") -> list[str]:
    """All that `entry` needs, itself left out, sorted."""
    seen, ahead = {entry}, [entry]
    while ahead:
        for module in imports(ahead.pop()):
            if module not in seen:
                seen.add(module)
                ahead.append(module)
    return sorted(seen - {entry})


def preloads(html: str) -> list[str]:
    """Those of every reader: their language's file is filled in."""
    return [module for module in PRELOAD.findall(html) if "$" not in module]
