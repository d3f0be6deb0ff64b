"""The process that jobs are forked from has one thread: a lock that another thread held would never be released."""

import os
from pathlib import Path

import pytest

from groklab.launching.devices import Slot
from groklab.launching.job import Program
from groklab.launching.pool import Pool


def say_threads_of_parent(connection):
    connection.send(len(list(Path(f"/proc/{os.getppid()}/task").iterdir())))


@pytest.mark.slow
def test_it_has_one_thread():
    pool = Pool([Slot("core 0", {})], Program(None, None, None), follow=None, started=None)
    ours, theirs = pool._context.Pipe()
    process = pool._context.Process(target=say_threads_of_parent, args=(theirs,))
    process.start()
    assert ours.recv() == 1
    process.join()
