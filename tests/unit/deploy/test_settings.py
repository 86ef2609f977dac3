"""What `make run` reads, and the sentence for each value that makes no sense."""
from pathlib import Path

import pytest

from deploy.local.errors import REFUSED, Refusal
from deploy.local.settings import LaunchSettings, read_settings


def test_nothing_set_gives_the_documented_defaults() -> None:
    assert read_settings({}) == LaunchSettings(data=Path("data").absolute())


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read_settings({"PARLEY_PORT": "", "PARLEY_ENGINE": " "}) == read_settings({})


def test_everything_set_is_taken() -> None:
    settings = read_settings({
        "PARLEY_HOST": "0.0.0.0", "PARLEY_PORT": "9000", "PARLEY_GATEWAYS": "2", "PARLEY_WORKERS": "3",
        "PARLEY_DATA_DIR": "/tmp/x", "PARLEY_ENGINE": "synthetic", "PARLEY_REDIS_URL": "redis://r",
        "PARLEY_DRAIN_S": "0.5",
    })
    assert settings == LaunchSettings("0.0.0.0", 9000, 2, 3, Path("/tmp/x"), "synthetic", "redis://r", 0.5)
    assert settings.ports == [9000, 9001]


@pytest.mark.parametrize(("name", "value"), [
    ("PARLEY_PORT", "0"), ("PARLEY_PORT", "65536"), ("PARLEY_PORT", "http"), ("PARLEY_GATEWAYS", "0"),
    ("PARLEY_WORKERS", "1.5"), ("PARLEY_ENGINE", "gpt"), ("PARLEY_DRAIN_S", "soon"), ("PARLEY_DRAIN_S", "-1"),
    ("PARLEY_DRAIN_S", "nan"),
])
def test_a_value_without_sense_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_settings({name: value})
    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert repr(value) in sentence
    assert sentence.count("\n") == 0
    assert refused.value.exit_code == REFUSED


def test_gateways_that_would_run_out_of_ports_are_refused() -> None:
    with pytest.raises(Refusal, match="choose a lower port"):
        read_settings({"PARLEY_PORT": "65535", "PARLEY_GATEWAYS": "2"})


@pytest.mark.parametrize(("host", "address"), [
    ("127.0.0.1", "http://127.0.0.1:8000"), ("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000"),
    ("[::1]", "http://[::1]:8000"), ("chat.example", "http://chat.example:8000"),
])
def test_the_address_is_one_that_a_browser_here_can_open(host: str, address: str) -> None:
    assert read_settings({"PARLEY_HOST": host}).address(8000) == address
