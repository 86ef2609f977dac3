"""From what each peer did in each repetition to the rows: quotients of two peers within a repetition."""
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.load import ratios
from tests.load.peers.measurement import Row
from tests.load.ratios import Ratio

CEILINGS = ("in_process", "in_process_shipped")
CEILING = "ceiling"
OURS = {"ws": "parley_ws", "sse": "parley_sse"}
SERVER = "vllm_server"
ALONE = "alone_"  # before the figures of one stream alone

Runs = Mapping[str, Mapping[int, Row]]  # by peer and repetition


@dataclass(frozen=True, slots=True)
class Quotient:
    """`figure` of peer `over`, divided by that of peer `under`."""

    figure: str
    over: str
    under: str


def at(streams: int) -> str:
    """Before the figures of another number of streams than the first."""
    return f"at_{streams}_"


def quotients_at(streams: int) -> dict[str, Quotient]:
    """The rows of another number of streams."""
    prefix = at(streams)
    return {f"{row}_at_{streams}": Quotient(f"{prefix}{quotient.figure}", quotient.over, quotient.under)
            for row, quotient in quotients().items() if not quotient.figure.startswith(ALONE)}


def quotients() -> dict[str, Quotient]:
    """By the row's name."""
    found: dict[str, Quotient] = {}
    for name, ours in OURS.items():
        found |= {
            f"throughput_{name}_vs_vllm_server": Quotient("tokens_per_s", ours, SERVER),
            f"throughput_{name}_vs_in_process": Quotient("tokens_per_s", ours, CEILING),
            f"ttft_p50_{name}_vs_vllm_server": Quotient("ttft_p50_ms", ours, SERVER),
            f"ttft_p50_at_once_{name}_vs_vllm_server": Quotient("ttft_at_once_p50_ms", ours, SERVER),
            f"ttft_p50_single_{name}_vs_vllm_server": Quotient(f"{ALONE}ttft_p50_ms", ours, SERVER),
            f"tpot_single_{name}_vs_in_process": Quotient(f"{ALONE}tpot_ms", ours, CEILING),
            f"tpot_single_{name}_vs_in_process_shipped": Quotient(f"{ALONE}tpot_ms", ours, CEILINGS[1]),
            f"tpot_single_{name}_vs_vllm_server": Quotient(f"{ALONE}tpot_ms", ours, SERVER),
        }
    return found | {"throughput_vllm_server_vs_in_process": Quotient("tokens_per_s", SERVER, CEILING),
                    "tpot_single_vllm_server_vs_in_process": Quotient(f"{ALONE}tpot_ms", SERVER, CEILING)}


GOALS = {
    "throughput_ws_vs_vllm_server": ">= 1.5", "throughput_ws_vs_in_process": ">= 0.9",
    "ttft_p50_ws_vs_vllm_server": "<= 0.5", "tpot_single_ws_vs_in_process": "<= 1.1",
    "throughput_ws_vs_vllm_server_smollm2": ">= 1.0", "throughput_ws_vs_in_process_smollm2": ">= 0.97",
    "throughput_ws_vs_in_process_at_256_random_8b": ">= 0.98"}


def suffix(model: str) -> str:
    return "" if model == "tiny" else f"_{model.replace('-', '_')}"


def compare(runs: Runs, more_streams: Sequence[int] = ()) -> dict[str, Ratio]:
    """All rows that can be had: each over the repetitions that both peers have."""
    found, best = {}, ceiling(runs)
    asked = quotients()
    for streams in more_streams:
        asked |= quotients_at(streams)
    for name, quotient in asked.items():
        over = runs.get(quotient.over, {})
        under = runs.get(best if quotient.under == CEILING else quotient.under, {})
        figure = quotient.figure
        if both := [n for n in over if n in under and figure in over[n] and figure in under[n]]:
            found[name] = ratios.ratio([over[n][figure] / under[n][figure] for n in both])
    return found


def ceiling(runs: Runs) -> str:
    """Which way to have vLLM in process makes more tokens, by their medians; empty if there was none."""
    medians = {name: statistics.median(row["tokens_per_s"] for row in runs[name].values())
               for name in CEILINGS if runs.get(name)}
    return max(medians, key=lambda name: medians[name], default="")


def burn_us(theirs: Row, ours: Row) -> float:
    """What the client in `ours` must burn with each piece, so that a token costs it as much as the one in `theirs`."""
    return max(0.0, theirs["cpu_us_client"] - ours["cpu_us_client"]) / ours["frames_per_token"]
