"""The gateway's socket: where it listens, and what it says if it cannot."""
import pytest

from server.serving import CannotListen, config, listen
from server.settings import GatewaySettings


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_listens_on_any_kind_of_address(host: str) -> None:
    with listen(host, 0) as listener:
        assert listener.getsockname()[1] > 0


def test_a_port_in_use() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(CannotListen, match="is in use; stop what listens there"):
        listen("127.0.0.1", listener.getsockname()[1])


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_of_another_machine(host: str) -> None:
    with pytest.raises(CannotListen) as refused:
        listen(host, 0)
    assert host in str(refused.value)
    assert "PARLEY_HOST" in str(refused.value)


def test_uvicorn_logs_no_queries_compresses_nothing_and_closes_what_is_far_too_large() -> None:
    made = config(lambda: None, GatewaySettings(max_message_bytes=5000))  # type: ignore[arg-type]
    assert not made.access_log
    assert not made.ws_per_message_deflate
    assert 5000 < made.ws_max_size < 100_000
