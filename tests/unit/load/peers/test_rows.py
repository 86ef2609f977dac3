from tests.load.peers import rows

SLOW = {"tokens_per_s": 50.0, "ttft_p50_ms": 40.0, "ttft_at_once_p50_ms": 80.0, "alone_tpot_ms": 2.0,
        "alone_ttft_p50_ms": 4.0}
FAST = {"tokens_per_s": 100.0, "ttft_p50_ms": 10.0, "ttft_at_once_p50_ms": 20.0, "alone_tpot_ms": 4.0,
        "alone_ttft_p50_ms": 8.0}


def test_rows_are_quotients_within_a_repetition_that_both_have() -> None:
    found = rows.compare({"parley_ws": {1: FAST, 2: SLOW, 3: FAST}, "vllm_server": {1: SLOW, 2: SLOW}})
    assert found["throughput_ws_vs_vllm_server"].runs == [2.0, 1.0]
    assert found["ttft_p50_ws_vs_vllm_server"].runs == [0.25, 1.0]
    assert "throughput_ws_vs_in_process" not in found
    assert "throughput_sse_vs_vllm_server" not in found


def test_the_ceiling_is_the_way_to_have_it_in_process_that_makes_more_tokens() -> None:
    runs = {"in_process": {1: FAST}, "in_process_shipped": {1: SLOW}, "parley_ws": {1: SLOW}}
    assert rows.ceiling(runs) == "in_process"
    assert rows.ceiling({"in_process": {1: SLOW}, "in_process_shipped": {1: FAST}}) == "in_process_shipped"
    assert rows.ceiling({"in_process": {}}) == ""
    found = rows.compare(runs)
    assert found["throughput_ws_vs_in_process"].median == 0.5
    assert found["tpot_single_ws_vs_in_process"].median == 0.5
    assert found["tpot_single_ws_vs_in_process_shipped"].median == 1.0


def test_every_goal_is_of_a_row_that_there_is() -> None:
    known = rows.quotients() | rows.quotients_at(256)
    assert {goal.removesuffix("_smollm2").removesuffix("_random_8b") for goal in rows.GOALS} <= set(known)
    assert [rows.suffix(name) for name in ("tiny", "smollm2", "random-8b")] == ["", "_smollm2", "_random_8b"]


def test_each_further_number_of_streams_has_rows_of_its_own_and_one_stream_alone_is_not_measured_again() -> None:
    run = FAST | {f"at_256_{figure}": value for figure, value in SLOW.items()}
    found = rows.compare({"parley_ws": {1: run}, "vllm_server": {1: FAST}, "in_process": {1: FAST | run}}, [256])
    assert found["throughput_ws_vs_in_process_at_256"].median == 1.0
    assert found["throughput_ws_vs_in_process"].median == 1.0
    assert "throughput_ws_vs_vllm_server_at_256" not in found
    assert not [row for row in found if "single" in row and row.endswith("_at_256")]


def test_a_cheaper_client_burns_the_difference_with_each_piece() -> None:
    cheap, dear = {"cpu_us_client": 3.0, "frames_per_token": 0.5}, {"cpu_us_client": 13.0, "frames_per_token": 1.0}
    assert rows.burn_us(dear, cheap) == 20.0
    assert rows.burn_us(cheap, dear) == 0.0
