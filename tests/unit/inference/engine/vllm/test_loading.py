"""Progress only grows, whatever order log lines come in."""
from inference.engine.vllm.loading import Loading


def test_stages_are_told_once_and_in_order() -> None:
    told: list[tuple[str, float | None]] = []
    loading = Loading(lambda words, share: told.append((words, share)))

    loading.begin()
    for line in (
        "Resolved architecture: LlamaForCausalLM",
        "something else",
        "Starting to load model /models/x...",
        "Resolved architecture: LlamaForCausalLM",
        "Loading weights took 0.02 seconds",
    ):
        loading.hear(line)
    loading.warm_up()
    loading.end()

    assert [words for words, _ in told] == [
        "loading vLLM",
        "reading the model's configuration",
        "loading the weights",
        "preparing the model",
        "making a first token",
        "ready",
    ]
    shares = [share or 0 for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
