"""Starts Python programs by fork, with their libraries imported already: in a tenth of a second instead of five.

Each is a process of its own, with the folder, environment and streams that were asked for, and ends as any other does.
``python fork_server.py FD`` serves a listening socket until its standard input is closed. A connection is one program:
the request comes in with the streams, the process id and at last the exit status go out.
"""

import atexit
import contextlib
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import threading
from pathlib import Path

# What a program of groklab imports, but the configs' own parts.
PRELOADED = (
    *("groklab.config.explain", "groklab.experiment", "groklab.predicting", "groklab.scoring", "hydra.main"),
    *("sklearn.ensemble", "sklearn.linear_model", "sympy.tensor.tensor", "torch.export._trace", "torch._inductor.ir"),
)


class Children:
    """Processes that run, each with the connection that asked for it."""

    def __init__(self) -> None:
        self.askers: dict[int, socket.socket] = {}
        signal.signal(signal.SIGCHLD, self.reap)

    def reap(self, *_: object) -> None:
        """Tell each exit status to who asked for the program."""
        while self.askers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self.askers.pop(pid) as asker, contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
                asker.send(b"%d\n" % os.waitstatus_to_exitcode(status))


def serve(listener: socket.socket) -> list[str] | None:
    """Fork for every request; returns None when there are no more, and in each child the command that it is to run."""
    children = Children()
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if sys.stdin in ready:
                return None
            if listener not in ready:
                continue
            asker, _ = listener.accept()
            message, streams, _, _ = socket.recv_fds(asker, 1 << 20, 3)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
            pid = os.fork()
            if pid == 0:
                break
            children.askers[pid] = asker
            asker.send(b"%d\n" % pid)
            for stream in streams:
                os.close(stream)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    for connection in (listener, asker, *children.askers.values()):
        connection.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    request = json.loads(message)
    become(request["folder"], request["environment"])
    return list(request["command"])


def become(folder: str, environment: dict[str, str]) -> None:
    """Take on the folder, the environment and the module path of a process that starts."""
    before, own = (
        [*filter(None, variables.get("PYTHONPATH", "").split(os.pathsep))] for variables in (os.environ, environment)
    )
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = [*own, *(path for path in sys.path if path not in before)]


def run(command: list[str]) -> None:
    """What ``python *command`` does: a script, or ``-c`` and its text."""
    if command[0] == "-c":
        sys.argv = ["-c", *command[2:]]
        sys.path.insert(0, "")
        exec(compile(command[1], "<string>", "exec"), sys.modules["__main__"].__dict__)
    else:
        sys.argv = command
        sys.path.insert(0, str(Path(command[0]).resolve().parent))
        runpy.run_path(command[0], run_name="__main__")


def leave(code: object) -> None:
    """End as the interpreter does, without taking every module apart, which takes longer than many a program."""
    if not isinstance(code, int | None):
        sys.stderr.write(f"{code}\n")
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    sys.path.pop(0)
    for name in PRELOADED:
        importlib.import_module(name)
    command = serve(socket.socket(fileno=int(sys.argv[1])))
    if command is not None:
        try:
            run(command)
        except SystemExit as end:
            leave(end.code)
        leave(0)
