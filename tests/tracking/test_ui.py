import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from groklab.errors import UserError
from groklab.tracking.ui import Address, check, parse, server_command

from .servers import free_port, wait_for

PROGRAM = Path(__file__).parents[2] / "pipelines" / "ui.py"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost"])
def test_loopback_is_let_be(host):
    check(Address(host, free_port()))


def test_a_port_that_is_taken_is_one_line_with_another():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UserError, match=f"--port {port + 1}"):
            check(Address(port=port))


def test_a_server_is_not_served_again(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:canary@host")
    with pytest.raises(UserError, match="is a server already") as error:
        server_command(Address(), tmp_path)
    assert "canary" not in str(error.value)


def test_arguments():
    assert parse(["--port", "7"]) == Address("127.0.0.1", 7, None)
    assert parse(["--host", "::1", "--app-name", "basic-auth"]) == Address("::1", 5000, "basic-auth")
    assert str(Address("::1", 7)) == "http://[::1]:7"


def test_ctrl_c_ends_the_server_and_leaves_no_process(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, PROGRAM, "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        os.kill(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert re.match(rf"MLflow UI: http://127\.0\.0\.1:{port}/#/", said)
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
