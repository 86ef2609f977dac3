"""Ports are asked for before anything starts, and refused in a sentence."""
import socket

import pytest

from deploy.local.errors import Refusal
from deploy.local.ports import check_ports


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match=f"Port {port} on 127.0.0.1 is in use"):
            check_ports("127.0.0.1", [port])
    check_ports("127.0.0.1", [port])


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(Refusal, match="PARLEY_HOST"):
        check_ports("192.0.2.1", [8000])


def test_a_host_that_is_no_address_is_refused() -> None:
    with pytest.raises(Refusal, match="not an address"):
        check_ports("no such host", [8000])
