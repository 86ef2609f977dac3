"""The trial that a start of vLLM makes, on engines that are known to be right or wrong."""
import pytest

from inference.engine.port import EngineDead, EngineRequestError, Generation, Output
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from inference.engine.vllm.trial import goes_on_as_undisturbed


class Engine(SyntheticEngine):
    """The synthetic one, which refuses grammars unless it `takes` them."""

    def __init__(self, *, takes: bool = False) -> None:
        super().__init__(EngineSettings(engine="synthetic", synthetic_tokens_per_s=0))
        self.takes = takes
        self.formats: list[object] = []

    async def add(self, generation: Generation) -> None:
        self.formats.append(generation.text_format)
        if generation.text_format and not self.takes:
            raise EngineRequestError("unsupported_parameter", "no grammars", "text.format")
        await super().add(Generation(
            generation.response_id, generation.messages, generation.sampling,
            known=self.known(generation), said=generation.said))

    def known(self, generation: Generation) -> list[int]:
        return generation.known


class Forgetful(Engine):
    """Begins anew, as vLLM does that knows nothing of known tokens."""

    def known(self, generation: Generation) -> list[int]:
        return []


class Failing(Engine):
    """Every answer fails, so an answer and its rest are alike."""

    async def outputs(self) -> list[Output]:
        return [Output("trial", "", [], finish="error") for _ in await super().outputs()]


class Dying(Engine):
    async def outputs(self) -> list[Output]:
        raise EngineDead("gone")


class Silent(Engine):
    """It swallows whatever it is given."""

    async def add(self, generation: Generation) -> None:
        return


@pytest.mark.parametrize("takes", [True, False])
async def test_one_that_goes_on(takes: bool) -> None:
    engine = Engine(takes=takes)

    assert await goes_on_as_undisturbed(engine)
    assert (engine.formats[-1] is not None) is takes
    assert engine.load().running == 0


@pytest.mark.parametrize("engine", [Forgetful(takes=True), Forgetful(), Failing(takes=True), Failing()])
async def test_one_that_does_not(engine: Engine) -> None:
    assert not await goes_on_as_undisturbed(engine)


async def test_one_that_dies_of_it() -> None:
    with pytest.raises(EngineDead):
        await goes_on_as_undisturbed(Dying())


async def test_one_that_says_nothing_is_dead() -> None:
    with pytest.raises(EngineDead, match="said nothing"):
        await goes_on_as_undisturbed(Silent(), limit_s=0.01)
