"""Turn what pydantic finds wrong with a body into one error of ours: a code, the field's path, and a sentence.

Tags of unions are written `<tag>` in the models, so that they can be told from fields and left out of paths.
"""
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from server.common.errors import BadRequest, Code, TooLarge

SHOWN_CHARACTERS = 60  # of a wrong value; a path may have twice as many
TYPES = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "an array",
    "dict_type": "an object",
    "model_type": "an object",
    "none_required": "null",
}


class Strict(BaseModel):
    """A part of a request: unknown fields are errors, and nothing is converted from one type to another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _only_known_fields(cls, value: Any) -> Any:
        """The first unknown field ends it: pydantic would collect an error for each of 100,000 (half a second)."""
        if isinstance(value, dict):
            known = names(cls)
            for name in value:
                if name not in known:
                    close = get_close_matches(name[:SHOWN_CHARACTERS], known, 1)
                    hint = f" (did you mean `{close[0]}`?)" if close else ""
                    raise flaw(Code.UNKNOWN_PARAMETER, f"is not a known parameter{hint}", name)
        return value


@cache
def names(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model as they are called in JSON."""
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def flaw(code: Code, problem: str, at: str = "") -> PydanticCustomError:
    """An error to raise in a validator. `problem` goes on after the field's name; `at` is a field below this one."""
    return PydanticCustomError(code.value, "{problem}", {"problem": problem, "at": at})


def tag_of(value: Any, field: str = "type") -> Any:
    """What an object says in `field` that it is, for refusing what no model of a union has taken. Raises a flaw."""
    if not isinstance(value, dict):
        raise flaw(Code.INVALID_TYPE, "should be an object")
    if (tag := value.get(field)) is None:
        raise flaw(Code.MISSING_REQUIRED_PARAMETER, "is required", field)
    return tag


def bad_request(error: ValidationError) -> BadRequest:
    """The first thing that is wrong."""
    return explain(error.errors(include_url=False)[0])


def explain(first: ErrorDetails) -> BadRequest:
    """One thing that is wrong."""
    path, kind = path_of(first), first["type"]
    if kind == "missing":
        return BadRequest(Code.MISSING_REQUIRED_PARAMETER, f"`{path}` is required.", path)
    if kind in set(Code):
        code = Code(kind)
        made = TooLarge if code is Code.INPUT_TOO_LARGE else BadRequest
        return made(code, f"`{path}` {first['msg']}.", path)
    if kind in TYPES:
        return BadRequest(Code.INVALID_TYPE, f"`{path}` should be {TYPES[kind]}; it is {shown(first['input'])}.", path)
    problem = first["msg"].partition(" should ")[2] or "be another value"
    return BadRequest(Code.INVALID_VALUE, f"`{path}` should {problem}; it is {shown(first['input'])}.", path)


def path_of(error: ErrorDetails) -> str:
    """`input[2].content[0].text`"""
    at = error.get("ctx", {}).get("at")
    steps = [*error["loc"], *([at] if at else [])]
    kept = [step for step in steps if not str(step).startswith("<") and step != "[key]"]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in kept)
    return shorten(path.removeprefix("."))


def shown(value: Any) -> str:
    """A wrong value in a message: short, and nothing but its kind where it is large."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return repr(value) if len(value) <= SHOWN_CHARACTERS else f"a string of {len(value):,} characters"
    return "an array" if isinstance(value, list) else "an object"


def shorten(text: str) -> str:
    """A path is the client's own words, so it may be long."""
    return text if len(text) <= 2 * SHOWN_CHARACTERS else f"{text[:2 * SHOWN_CHARACTERS]}…"
