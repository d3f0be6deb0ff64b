import logging
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from groklab.data.prepare import prepare
from groklab.data.prepared import ensure, open_prepared
from groklab.errors import UserError
from tests.data.sets import Scores, random_rows, raw, table


def test_arrays_are_mapped_read_only_and_typed(tmp_path):
    prepare(table(random_rows()), tmp_path / "table")
    train = open_prepared(tmp_path / "table").open("train")
    assert isinstance(train.x, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        train.x[0] = 0
    assert (train.x.dtype, train.y.dtype, train.keys.dtype) == (np.float32, np.int64, np.dtype("S64"))


def test_targets_of_regression_are_columns(tmp_path):
    rows = raw(np.arange(30.0)[:, None], np.arange(30.0) / 2)
    prepare(table(rows, kind=Scores), tmp_path / "table")
    val = open_prepared(tmp_path / "table").open("val")
    assert (val.y.shape, val.y.dtype) == ((6, 1), np.float32)
    np.testing.assert_array_equal(val.y, val.x / 2)


def test_opening_one_part_reads_no_other(tmp_path):
    prepare(table(random_rows()), tmp_path / "table")
    shutil.rmtree(tmp_path / "table" / "test")
    prepared = open_prepared(tmp_path / "table")
    assert len(prepared.open("train").x) == prepared.card.counts["train"]
    with pytest.raises(UserError, match=r"test/x\.npy: cannot be read"):
        prepared.open("test")


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UserError, match="run prepare"):
        open_prepared(tmp_path / "absent")


def test_ensure_uses_the_pipelines_folder_if_the_config_is_the_same(tmp_path):
    dataset = table(random_rows())
    prepare(dataset, tmp_path / "table")
    assert ensure(dataset, tmp_path).folder == tmp_path / "table"


def test_ensure_gives_another_config_a_folder_of_its_own(tmp_path):
    prepare(table(random_rows()), tmp_path / "table")
    before = open_prepared(tmp_path / "table").card
    dataset = table(random_rows(), split_seed=1)
    prepared = ensure(dataset, tmp_path)
    assert prepared.folder == tmp_path / f"table@{dataset.config_digest()[:8]}"
    assert prepared.card.config_digest == dataset.config_digest()
    assert prepared.card.fingerprint != before.fingerprint
    assert open_prepared(tmp_path / "table").card == before


def test_ensure_prepares_once(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    dataset = table(random_rows())
    assert ensure(dataset, tmp_path) == ensure(dataset, tmp_path)
    assert caplog.text.count("preparing") == 1


def test_ensure_notices_a_folder_copied_from_another_config(tmp_path):
    dataset = table(random_rows(), split_seed=1)
    prepare(table(random_rows()), tmp_path / f"table@{dataset.config_digest()[:8]}")
    with pytest.raises(UserError, match="belongs to another config"):
        ensure(dataset, tmp_path)


ENSURED = """
import os, sys, time
from pathlib import Path
from groklab.data.prepared import ensure
from tests.data.sets import Table, random_rows, table

class Slow(Table):
    def load(self):
        Path(sys.argv[1], f"loaded by {os.getpid()}").touch()
        time.sleep(0.5)
        return random_rows(60)

print("ready", flush=True)
sys.stdin.read()
print(ensure(table(random_rows(60), kind=Slow, num_outputs=2), Path(sys.argv[1])).card.fingerprint)
"""


def test_of_processes_that_start_at_once_one_prepares(tmp_path):
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", ENSURED, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ},
            text=True,
        )
        for _ in range(4)
    ]
    for job in jobs:
        job.stdout.readline()
    for job in jobs:
        job.stdin.close()
    fingerprints = [job.stdout.read() for job in jobs]
    assert [job.wait() for job in jobs] == [0] * 4
    assert len(set(fingerprints)) == 1
    assert len(list(tmp_path.glob("loaded by *"))) == 1
