"""The scripts' text: keys first, each include once, and nothing that Lua would refuse."""
import re

import pytest

from relay import keys, scripts


@pytest.mark.parametrize("verb", scripts.VERBS)
def test_each_include_is_there_once_and_before_its_use(verb: str) -> None:
    text = scripts.source(verb)
    assert text.startswith(keys.lua())
    assert "-- include" not in text
    functions = re.findall(r"^local function (\w+)", text, re.MULTILINE)
    assert len(functions) == len(set(functions))
    for name in functions:
        first_use = re.search(rf"\b{name}\(", text)
        assert first_use is not None
        assert text[:first_use.start()].endswith("local function "), f"{name} is used before it is there"


def test_every_script_is_a_verb() -> None:
    assert sorted(path.stem for path in scripts.FOLDER.glob("*.lua")) == sorted(scripts.VERBS)


def test_keys_are_made_in_one_place() -> None:
    """No script joins a key by hand, and Lua makes the same names as Python."""
    for path in scripts.FOLDER.rglob("*.lua"):
        assert "parley" not in path.read_text()
        assert "KEYS[" not in path.read_text()
    lua = keys.lua()
    made = keys.Keys("7")
    for name in ("job", "log", "inbox", "commands", "follows"):
        assert getattr(made, name)("x") == f"{made.prefix}{name}:x"
        assert f"function KEY.{name}(of) return KEYS[1] .. '{name}:' .. of end" in lua
    for name in ("to_record", "workers", "gateways"):
        assert getattr(made, name) == f"{made.prefix}{name}"
        assert f"KEY.{name} = KEYS[1] .. '{name}'" in lua
    assert made.prefix == "parley:{7}:"


def test_users_cannot_name_each_others_idempotency_keys() -> None:
    made = keys.Keys("0")
    assert len({made.idempotency("a:b", "c"), made.idempotency("a", "b:c"), made.idempotency("a%3Ab", "c")}) == 3
