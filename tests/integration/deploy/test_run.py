"""`make run` with the synthetic engine, on real parts: it comes up, it heals, and it leaves nothing behind."""
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.compilation import STEP
from deploy.local.readiness import ask
from tests.integration.deploy.launched import COMMAND, Launched
from tests.redis_server import RedisServer

pytestmark = [pytest.mark.timeout(180),
              pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are counted in /proc")]
LONG = b'{"model": "synthetic", "input": "a long story", "max_output_tokens": 4000, "stream": true}'
END_S = 40.0


def test_several_of_each_serve_and_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    with Launched(tmp_path, GATEWAYS=2, WORKERS=2) as run:
        line = run.ready().wait_for("Parley is ready")
        assert line == f"Parley is ready: http://127.0.0.1:{run.port}  (model synthetic)"
        for port in (run.port, run.port + 1):
            body = json.dumps({"model": "synthetic", "input": "Hello", "max_output_tokens": 20}).encode()
            assert json.loads(run.get("/v1/responses", port, body))["status"] in ("completed", "incomplete")
        named = {run.pid(name) for name in ("gateway-1", "gateway-2", "worker-1", "worker-2", "redis")}
        assert named <= set(run.left())
        steps = json.loads((tmp_path / "run" / "startup.json").read_text())["steps"]
        assert [(step["name"], step["state"]) for step in steps if step["name"] != STEP] == [("worker", "done")]

        with Launched(tmp_path) as second:
            assert second.ends_within(END_S) == 2
            assert second.lines == [
                f"Another Parley runs on the data folder {tmp_path} (process {run.process.pid}, "
                f"http://127.0.0.1:{run.port}); stop it, or set PARLEY_DATA_DIR to another folder."]

        run.process.send_signal(signal.SIGINT)
        assert run.ends_within(END_S) == 0
        assert run.left() == []


def test_a_killed_launcher_leaves_nothing_and_its_folder_can_be_used_again(tmp_path: Path) -> None:
    with Launched(tmp_path) as run:
        run.ready()
        assert len(run.left()) >= 4
        run.process.kill()
        with Launched(tmp_path) as second:
            second.ready()
            assert run.leaves_nothing_within(1)
            second.process.send_signal(signal.SIGTERM)
            assert second.ends_within(END_S) == 0
            assert second.left() == []


def test_a_second_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    with Launched(tmp_path, SYNTHETIC_TOKENS_PER_S=1) as run:
        run.ready()
        with socket.create_connection(("127.0.0.1", run.port), 30) as client:  # an answer that outlasts every drain
            client.sendall(b"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(LONG), LONG))
            with client.makefile("rb") as answer:
                while b"output_text.delta" not in answer.readline():
                    assert run.process.poll() is None
            run.process.send_signal(signal.SIGINT)
            run.wait_for("Stopping")
            run.process.send_signal(signal.SIGINT)
            assert run.ends_within(5) == 130
            assert run.left() == []


def test_a_killed_worker_comes_back_and_an_interrupt_of_make_alone_stops_all(tmp_path: Path) -> None:
    with Launched(tmp_path, command=("make", "run", f"PYTHON={sys.executable}")) as run:
        worker = int(run.ready().pid("worker-1"))
        os.kill(worker, signal.SIGKILL)
        said = run.wait_for("is started again")
        assert said.startswith("worker-1")
        assert "SIGKILL" in said
        while run.pid("worker-1") == worker or not ask("127.0.0.1", run.port).ready:
            assert run.process.poll() is None
        run.process.send_signal(signal.SIGINT)  # to make alone, as `kill -INT` does
        run.ends_within(END_S)
        assert run.left() == []


def test_a_gateway_that_refuses_its_redis_stops_all_with_its_sentence(tmp_path: Path) -> None:
    with RedisServer("--maxmemory-policy", "allkeys-lru") as server, Launched(tmp_path, REDIS_URL=server.url) as run:
        assert run.ends_within(END_S) == 2
        assert "noeviction" in run.lines[-1]
        assert run.left() == []


@pytest.mark.parametrize(("settings", "words"), [
    ({"DEADLINE_S": "soon"}, "PARLEY_DEADLINE_S"),
    ({"SYNTHETIC_TOKENS_PER_S": "-1"}, "PARLEY_SYNTHETIC_TOKENS_PER_S"),
    ({"GATEWAYS": "0"}, "PARLEY_GATEWAYS"),
    ({"HOST": "192.0.2.1"}, "PARLEY_HOST"),
])
def test_settings_without_sense_start_nothing(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    with Launched(tmp_path, command=COMMAND, **settings) as run:
        assert run.ends_within(END_S) == 2
        assert words in run.lines[-1]
        assert len(run.lines) == 1
        assert not (tmp_path / "run" / "supervisord.conf").exists()


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, Launched(tmp_path, PORT=taken.getsockname()[1]) as run:
        assert run.ends_within(END_S) == 2
        assert run.lines == [f"Port {run.port} on 127.0.0.1 is in use; stop what listens there, "
                             "or set PARLEY_PORT to another port."]


def test_a_python_that_is_too_old_is_told_so() -> None:
    program = ("import sys, runpy; sys.version_info = (3, 9); sys.argv = ['x', 'run'];"
               "runpy.run_module('deploy.local', run_name='__main__')")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Parley needs Python 3.11 or newer, and this is 3.9")
