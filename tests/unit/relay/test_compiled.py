import ast
import importlib
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from relay import compiled
from relay.compiled import LIBRARY, MODULES, PACKAGES, ROOT, Finder, in_words, place, use

SUFFIX = EXTENSION_SUFFIXES[0]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with compiled code of its sources."""
    for package in PACKAGES:
        (tmp_path / package / "inner").mkdir(parents=True)
        (tmp_path / package / "inner" / "module.py").write_text("X = 1\n")
    (place(tmp_path) / "relay").mkdir(parents=True)
    return tmp_path


@pytest.fixture(autouse=True)
def finders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delenv(compiled.SWITCH, raising=False)


def test_what_was_made_of_these_sources_is_used(root: Path) -> None:
    assert in_words() == "the sources as they are"
    assert use(root)
    assert in_words() == "compiled code"


@pytest.mark.parametrize("package", PACKAGES)
def test_after_an_edit_anywhere_there_is_none(root: Path, package: str) -> None:
    (root / package / "inner" / "module.py").write_text("X = 2\n")
    assert not use(root)
    (root / package / "inner" / "module.py").write_text("X = 1\n")
    assert use(root)
    (root / package / "inner" / "more.py").touch()
    assert not use(root)


def test_a_renamed_source_is_another(root: Path) -> None:
    (root / "relay" / "inner" / "module.py").rename(root / "relay" / "inner" / "other.py")
    assert not use(root)


@pytest.mark.parametrize("word", ["false", "0", "No", " off "])
def test_a_setting_switches_it_off(root: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv(compiled.SWITCH, word)
    assert not use(root)
    assert in_words() == "the sources as they are"


def test_it_stands_for_the_modules_that_are_named_and_for_nothing_else(tmp_path: Path) -> None:
    for name in ("relay/cursor", "relay/job", LIBRARY):
        file = tmp_path / f"{name}{SUFFIX}"
        file.parent.mkdir(exist_ok=True)
        file.touch()
    finder = Finder(tmp_path)
    found = finder.find_spec("relay.cursor", None)
    assert found is not None
    assert found.origin == str(tmp_path / f"relay/cursor{SUFFIX}")
    assert finder.find_spec(LIBRARY, None) is not None
    assert finder.find_spec("relay.job", None) is None
    assert finder.find_spec("server.responses.hub", None) is None


def test_each_module_is_one_of_ours_and_none_is_compiled_in_this_process() -> None:
    for name in MODULES:
        file = importlib.import_module(name).__file__
        assert file == str(ROOT / (name.replace(".", "/") + ".py"))


def test_nothing_else_inherits_from_what_is_compiled() -> None:
    """A class of the sources cannot have a compiled one for its parent: importing it would fail."""
    heirs = []
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            if name not in MODULES:
                heirs += [f"{name}.{heir}" for heir in heirs_of_compiled(file.read_text())]
    assert heirs == []


def heirs_of_compiled(source: str) -> list[str]:
    """Classes in it with a parent that it imports out of a module that is compiled."""
    tree = ast.parse(source)
    taken = {alias.asname or alias.name for node in ast.walk(tree)
             if isinstance(node, ast.ImportFrom) and node.module in MODULES for alias in node.names}
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id in taken for base in node.bases)]


def test_an_heir_would_be_seen() -> None:
    assert heirs_of_compiled("from server.responses.position import Position as P\nclass Mine(P): ...") == ["Mine"]
    assert heirs_of_compiled("from relay.job import Request\nclass Mine(Request): ...") == []
