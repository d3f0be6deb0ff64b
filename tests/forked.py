"""Starting programs through the fork server, as ``subprocess.Popen`` starts them."""

import atexit
import functools
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SERVER = Path(__file__).with_name("fork_server.py")


@functools.cache
def server():
    """The path of the socket of this process's server, which is started at the first call."""
    folder = tempfile.TemporaryDirectory()
    path = str(Path(folder.name, "socket"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(path)
        listener.listen()
        command = [sys.executable, str(SERVER), str(listener.fileno())]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()])

    @atexit.register
    def end():
        process.communicate()
        folder.cleanup()

    return path


def ask(command, folder, environment, streams, *, at):
    """A connection to the server at ``at``, which starts the program."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(at)
    request = {"command": [str(word) for word in command], "folder": str(folder), "environment": dict(environment)}
    socket.send_fds(connection, [json.dumps(request).encode()], streams)
    return connection


class Forked:
    """``subprocess.Popen([sys.executable, *command])`` with both streams as text in pipes, in a tenth of the time."""

    def __init__(self, command, folder, environment=None):
        self.args = command
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        with open(os.devnull) as nothing:
            streams = [nothing.fileno(), out_end, err_end]
            self._told = ask(command, folder, os.environ if environment is None else environment, streams, at=server())
        os.close(out_end)
        os.close(err_end)
        self.stdout, self.stderr = os.fdopen(out), os.fdopen(err)
        self.pid = int(self._told.recv(100))
        self.returncode = None

    def poll(self):
        return self._end(0)

    def wait(self, timeout=None):
        if self._end(timeout) is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def communicate(self, timeout=None):
        """Standard output and standard error, once both are closed and the process is over."""
        end = None if timeout is None else time.monotonic() + timeout
        said = {self.stdout: [], self.stderr: []}
        with selectors.DefaultSelector() as selector:
            for stream in said:
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(None if end is None else max(0, end - time.monotonic()))
                if not ready:
                    raise subprocess.TimeoutExpired(self.args, timeout)
                for key, _ in ready:
                    if block := os.read(key.fd, 1 << 16):
                        said[key.fileobj].append(block)
                    else:
                        selector.unregister(key.fileobj)
                        key.fileobj.close()
        self.wait(None if end is None else max(0, end - time.monotonic()))
        out, err = (b"".join(blocks).decode() for blocks in said.values())
        return out, err

    def send_signal(self, signum):
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def _end(self, timeout):
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._told, selectors.EVENT_READ)
                if selector.select(timeout):
                    self.returncode = int(self._told.recv(100))
                    self._told.close()
        return self.returncode


@functools.cache
def forking():
    """An environment in which ``python SCRIPT`` is started through the server.

    Not for what must end with its parent: the parent of what it starts is the server.
    """
    python = Path(server()).with_name("python")
    python.write_text(f"#!{sys.executable} -IS\n{STAND_IN.format(folder=str(SERVER.parent.parent), at=server())}")
    python.chmod(0o755)
    folders = [str(python.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(folders)}


STAND_IN = """\
import os, sys
sys.path.insert(0, {folder!r})
from tests.forked import ask

told = ask(sys.argv[1:], os.getcwd(), os.environ, [0, 1, 2], at={at!r})
told.recv(100)
sys.exit(int(told.recv(100)))
"""
