"""Tried at the start: does what is continued here go on as it would have undisturbed?"""
import asyncio
from typing import Any

from inference.engine.port import Engine, EngineDead, EngineRequestError, Generation, Output
from relay.job import Sampling

_TOKENS, _KNOWN = 8, 5
LIMIT_S = 90.0  # it takes a second, some on a busy processor
_TRIES = 3  # a GPU rounds a prompt otherwise than a step, which may decide a near tie; never thrice, if all is well
# A grammar has a state of its own; and this one leaves so many ways to go on that no wrong one is hit by chance.
_LETTERS = {"type": "json_schema", "name": "letters", "schema": {"type": "string", "pattern": "^[a-z]{50}$"}}


async def goes_on_as_undisturbed(engine: Engine, limit_s: float = LIMIT_S) -> bool:
    """Raises EngineDead, also of one that says nothing. Nothing else may run meanwhile."""
    try:
        async with asyncio.timeout(limit_s):
            return await _goes_on(engine)
    except TimeoutError:
        raise EngineDead(f"It said nothing for {limit_s:g} s.") from None


async def _goes_on(engine: Engine) -> bool:
    text_format = _LETTERS if await _has_grammars(engine) else None
    for seed in range(_TRIES):
        whole = await _answer(engine, seed, text_format, [])
        rest = await _answer(engine, seed, text_format, whole.tokens[:_KNOWN])
        if rest.tokens and rest.tokens == whole.tokens[_KNOWN:] and rest.text == whole.text:
            return True
    return False


async def _has_grammars(engine: Engine) -> bool:
    """Not every tokenizer is one that grammars can be made for; then none is ever continued."""
    try:
        return (await _answer(engine, 0, _LETTERS, [])).finish != "error"
    except EngineRequestError:
        return False


async def _answer(engine: Engine, seed: int, text_format: dict[str, Any] | None, known: list[int]) -> Output:
    """All outputs as one; the text is the whole answer's, since nothing was said of it before."""
    sampling = Sampling(temperature=2.0, seed=seed, max_output_tokens=_TOKENS)
    hello = [{"role": "user", "content": "Hello"}]
    await engine.add(Generation("trial", hello, sampling, text_format=text_format, known=known))
    whole = Output("trial", "", [])
    while whole.finish is None:
        for output in await engine.outputs():
            whole.text += output.text
            whole.tokens += output.tokens
            whole.finish = output.finish
    return whole
