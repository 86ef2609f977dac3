"""Bounds of the sampling fields: what reaches an engine is within them, whoever let it through before."""
from inference.engine.port import EngineRequestError
from relay.job import Sampling

# (least, most), both allowed. Beyond these an engine may do worse than refuse: a seed must fit the generator's 64 bits.
BOUNDS: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "top_p": (1e-6, 1.0),
    "top_k": (0, 1_000_000),
    "min_p": (0.0, 1.0),
    "presence_penalty": (-2.0, 2.0),
    "frequency_penalty": (-2.0, 2.0),
    "repetition_penalty": (0.01, 10.0),
    "seed": (-(2**63), 2**63 - 1),
    "min_tokens": (0, 1_000_000_000),
    "max_output_tokens": (1, 1_000_000_000),
    "top_logprobs": (0, 20),
}
MAX_STOPS = 16
MAX_STOP_CHARACTERS = 1000


def check_sampling(sampling: Sampling) -> None:
    """Raises EngineRequestError (`unsupported_parameter`) that names the field."""
    for name, (least, most) in BOUNDS.items():
        value = getattr(sampling, name)
        if value is not None and not least <= value <= most:
            raise EngineRequestError(
                "unsupported_parameter", f"{name} must be between {least:g} and {most:g}, but is {value}.", name
            )
    if len(sampling.stop) > MAX_STOPS:
        raise EngineRequestError(
            "unsupported_parameter", f"stop may hold {MAX_STOPS} strings, but has {len(sampling.stop)}.", "stop"
        )
    for stop in sampling.stop:
        if not 0 < len(stop) <= MAX_STOP_CHARACTERS:
            raise EngineRequestError(
                "unsupported_parameter",
                f"A stop string must have 1 to {MAX_STOP_CHARACTERS} characters, but one has {len(stop)}.",
                "stop",
            )
    least_tokens, most_tokens = sampling.min_tokens, sampling.max_output_tokens
    if most_tokens is not None and least_tokens > most_tokens:
        raise EngineRequestError(
            "unsupported_parameter",
            f"min_tokens must not exceed max_output_tokens ({most_tokens}), but is {least_tokens}.",
            "min_tokens",
        )
