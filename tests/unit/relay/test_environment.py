from pathlib import Path

import pytest

from relay.environment import SharedSettings, load_settings
from relay.settings import RelaySettings


def test_the_defaults_lie_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(SharedSettings)
    assert settings.data_dir == tmp_path / "data"
    assert settings.redis == f"unix://{tmp_path}/data/run/redis.sock"


def test_the_relay_gets_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_REDIS_URL", "redis://far:6379")
    for name, value in {"DEADLINE_S": "2", "MAX_CRASHES": "4", "MAX_WAITING": "5", "MAX_IN_FLIGHT": "6"}.items():
        monkeypatch.setenv(f"PARLEY_{name}", value)
    monkeypatch.setenv("PARLEY_MAX_QUEUE_S", "7")
    assert load_settings(SharedSettings).relay() == RelaySettings(
        url="redis://far:6379", deadline_s=2, max_crashes=4, max_waiting=5, max_in_flight=6, max_queue_s=7)


def test_a_given_redis_is_used_and_empty_means_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_REDIS_URL", "redis://far:6379/1")
    monkeypatch.setenv("PARLEY_DEADLINE_S", "")
    settings = load_settings(SharedSettings)
    assert settings.redis == "redis://far:6379/1"
    assert settings.deadline_s == 1.5


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEADLINE_S", "soon", "PARLEY_DEADLINE_S 'soon' is not usable: it must be a valid number."),
        ("DEADLINE_S", "nan", "PARLEY_DEADLINE_S 'nan' is not usable: it must be less than or equal to 60."),
        ("MAX_CRASHES", "0", "PARLEY_MAX_CRASHES '0' is not usable: it must be greater than or equal to 1."),
        ("REDIS_URL", "http://me:secret@x", "PARLEY_REDIS_URL is not usable: it must begin with redis://, rediss:// or unix://."),
        ("DATA_DIR", __file__, f"PARLEY_DATA_DIR '{__file__}' is not usable: it is a file, and must be a folder."),
    ],
)
def test_a_senseless_setting_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"PARLEY_{name}", value)
    with pytest.raises(SystemExit) as ended:
        load_settings(SharedSettings)
    assert ended.value.code == 2
    assert capsys.readouterr().err == said + "\n"


def test_each_senseless_setting_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PARLEY_MAX_WAITING", "-1")
    monkeypatch.setenv("PARLEY_MAX_IN_FLIGHT", "many")
    with pytest.raises(SystemExit):
        load_settings(SharedSettings)
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_folder_too_deep_for_a_socket_is_told_unless_redis_is_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARLEY_DATA_DIR", "/" + "d" * 100)
    with pytest.raises(SystemExit):
        load_settings(SharedSettings)
    assert "PARLEY_DATA_DIR is too deep" in capsys.readouterr().err
    monkeypatch.setenv("PARLEY_REDIS_URL", "redis://far:6379")
    assert load_settings(SharedSettings).redis == "redis://far:6379"
