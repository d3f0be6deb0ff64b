"""The pipeline run four times at once, with a corrupt cache, with a stage that fails (rows 36-38)."""

import hashlib
import shutil
import subprocess
import sys

import pytest

from tests.forked import forking
from tests.programs import ROOT, finish
from tests.small_pipeline import carry

NAME, DATA = "breast_cancer_mlp", "breast_cancer"

pytestmark = pytest.mark.slow


def start(folder, *command):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, *command], cwd=folder, env=forking(), **pipes)


def repro(folder, *words):
    """Exit status and all that was said."""
    code, out, err = finish(start(folder, "-m", "dvc", "repro", *words))
    return code, out + err


SLOW = """
stages:
  slow:
    cmd: echo ran >> runs.log && sleep 3 && echo done > done.txt
    outs: [done.txt]
"""


def test_36_four_at_once_wait_and_none_fails(tmp_path):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".dvc").mkdir()
    shutil.copy(ROOT / ".dvc" / "config", tmp_path / ".dvc")
    (tmp_path / "dvc.yaml").write_text(SLOW)
    four = [start(tmp_path, str(ROOT / "pipelines" / "repro.py"), "--jobs", "2") for _ in range(4)]
    done = [finish(process) for process in four]
    assert [code for code, _, _ in done] == [0] * 4, done
    assert sum("waiting for it" in err for _, _, err in done) == 3
    assert (tmp_path / "runs.log").read_text() == "ran\n"
    assert (tmp_path / "done.txt").read_text() == "done\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The project with one small experiment, prepared and trained by DVC."""
    folder = tmp_path_factory.mktemp("clone")
    carry(folder, (NAME,))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    change(folder, "max_epochs: 60", "max_epochs: 1")
    change(folder, "defaults:\n", "defaults:\n  - override /tracking: none\n")
    code, said = repro(folder, f"train@{NAME}")
    assert code == 0, said
    return folder


def change(folder, before, after):
    path = folder / "conf" / "experiment" / f"{NAME}.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_37_a_corrupt_cache_is_seen_before_training_and_the_line_says_how_to_mend_it(clone):
    array = clone / "data" / "prepared" / DATA / "train" / "x.npy"
    name = hashlib.md5(array.read_bytes()).hexdigest()
    cached = clone / ".dvc" / "cache" / "files" / "md5" / name[:2] / name[2:]
    content = bytearray(cached.read_bytes())
    for place in (500, 501):
        content[place] ^= 0xFF
    rights = cached.stat().st_mode
    cached.chmod(0o644)
    cached.write_bytes(content)
    cached.chmod(rights)  # DVC takes a read-only object for a sound one
    shutil.rmtree(clone / "data" / "prepared" / DATA)
    before = set(clone.glob("runs/*/log.jsonl"))
    change(clone, "max_epochs: 1", "max_epochs: 2")
    code, said = repro(clone, f"train@{NAME}")
    assert code != 0
    (line,) = [line for line in said.splitlines() if "x.npy" in line]
    assert "fingerprint differs" in line
    assert "Traceback" not in said
    assert set(clone.glob("runs/*/log.jsonl")) == before
    (mend,) = [part for part in line.replace(")", "(").split("(") if "dvc repro" in part]
    assert repro(clone, *mend.split("dvc repro ")[1].split())[0] == 0
    assert repro(clone, f"train@{NAME}")[0] == 0


def test_38_a_stage_that_fails_leaves_the_old_model(clone):
    weights, program = clone / "models" / NAME / "weights.safetensors", clone / "pipelines" / "train.py"
    before, text = weights.read_bytes(), program.read_text()
    program.write_text("raise SystemExit(3)\n")
    code, said = repro(clone, "--force", "--single-item", f"train@{NAME}")
    program.write_text(text)
    assert code != 0
    assert "exited with 3" in said
    assert weights.read_bytes() == before
