"""A disk that is full, a limit on files, folders that are read-only (rows 5-7): real ones."""

import contextlib
import ctypes
import os
import random
import resource
import subprocess
import sys

import pytest

from groklab.errors import UserError
from groklab.files import sha256
from groklab.run_folder import RunFolder
from tests.programs import TORTURE, epochs, finish, log, result, run_folder, status, train, wait_until

MIB = 1 << 20
# A checkpoint of 17 MB: a disk of 40 MB takes the first two, and not the third beside them.
LARGE = (
    "experiment=digits_mlp",
    "architecture.width=700",
    "architecture.depth=3",
    "trainer.max_epochs=3",
    "trainer.checkpoint_every_s=0",
    "tracking=none",
)
SMALL = ("experiment=digits_linear", "trainer.max_epochs=60", "trainer.checkpoint_every_s=0", "tracking=none")
LIBC = ctypes.CDLL(None)
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2  # <linux/prctl.h>, <linux/capability.h>

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts, limits and capabilities are Linux's")
needs_mount = pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0,
    reason="only root can mount a file system",
)
torture = pytest.mark.skipif(not TORTURE, reason="the long form: make torture")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    code, _, err = finish(train(folder, "data=digits", name="prepare"))
    assert code == 0, err
    return folder / "data"


@pytest.fixture
def place(tmp_path, prepared):
    (tmp_path / "data").symlink_to(prepared)
    return tmp_path


@contextlib.contextmanager
def tmpfs(folder, num_bytes):
    """A file system of so many bytes; gives what changes that number."""

    def mount(num_bytes, option="rw"):
        words = ["mount", "-t", "tmpfs", "-o", f"{option},size={num_bytes}", "none", folder]
        subprocess.run(words, check=True)

    folder.mkdir()
    mount(num_bytes)
    try:
        yield lambda num_bytes: mount(num_bytes, "remount")
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    """Leave no byte free."""
    with open(folder / "ballast", "wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return folder / "ballast"


def refused(process):
    """The one line of a program that must refuse."""
    code, out, err = finish(process)
    assert (code, out) == (1, ""), err
    assert "Traceback" not in err
    return err.splitlines()[-1]


def assert_both_checkpoints_are_whole(run):
    listed = dict(line.split()[::-1] for line in (run / "checkpoints" / "SHA256SUMS").read_text().splitlines())
    assert listed == {name: sha256(run / "checkpoints" / name) for name in ("last.ckpt", "previous.ckpt")}
    assert not list(run.rglob(".*.tmp"))


def assert_goes_on(place, setting):
    code, out, err = finish(train(place, *setting))
    assert (code, err.count("resuming from")) == (0, 1), err
    assert out.split()[1] == run_folder(place).name


@pytest.mark.slow
@needs_mount
def test_05_a_disk_that_the_third_checkpoint_fills(place):
    with tmpfs(place / "runs", 40 * MIB) as resize:
        line = refused(train(place, *LARGE))
        run = run_folder(place)
        needed = (run / "checkpoints" / "last.ckpt").stat().st_size
        assert line.startswith(f"runs/{run.name}/checkpoints/incoming.ckpt: cannot be written (No space left")
        assert f"{needed} bytes are needed" in line
        assert "Free space" in line
        assert (status(run)["status"], status(run)["error"]) == ("FAILED", line)
        assert_both_checkpoints_are_whole(run)
        resize(100 * MIB)
        assert_goes_on(place, LARGE)


@needs_mount
def test_05_a_full_disk_at_every_other_write(tmp_path):
    with tmpfs(tmp_path / "runs", MIB):
        with RunFolder(tmp_path / "runs", "a") as folder:
            folder.start(experiment="x", command="y")
            said = (folder.path / "status.json").read_bytes()
            (folder.path / "log.jsonl").touch()
            fill(tmp_path / "runs")
            with pytest.raises(UserError, match=r"status\.json: .* \d+ bytes are needed, 0 are free there"):
                folder.end("FINISHED")
            folder.end("FAILED", error="the cause is not hidden behind a second error")
            assert (folder.path / "status.json").read_bytes() == said
        with (
            pytest.raises(UserError, match=r"runs/b.*cannot be written.*Free space"),
            RunFolder(tmp_path / "runs", "b") as folder,
        ):
            folder.start(experiment="x", command="y")


@pytest.mark.slow
def test_06_a_limit_on_the_size_of_a_file(place):
    process = train(place, *SMALL)
    wait_until(lambda: epochs(place) > 2, process)
    run = run_folder(place)
    needed = (run / "checkpoints" / "last.ckpt").stat().st_size
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (needed // 2, needed // 2))
    line = refused(process)
    assert line.startswith(f"runs/{run.name}/checkpoints/incoming.ckpt: cannot be written (File too large")
    assert f"no file may have more than {needed // 2}" in line
    assert "bytes are needed" in line
    assert "ulimit -f" in line
    assert status(run)["status"] == "FAILED"
    assert_both_checkpoints_are_whole(run)
    assert_goes_on(place, SMALL)


@torture
@needs_mount
def test_05_a_disk_that_is_full_at_any_moment(tmp_path, prepared):
    """Whatever write comes to nothing, the same command with more room ends in the same bytes."""
    chance = random.Random(os.environ.get("PYTEST_RANDOM", "0"))
    places = [tmp_path / str(number) for number in range(21)]
    for place in places:
        place.mkdir()
        (place / "data").symlink_to(prepared)
    whole = result(places[0], *SMALL)
    size = sum(path.stat().st_size for path in whole.rglob("*"))
    for place in places[1:]:
        with tmpfs(place / "runs", chance.randrange(4096, size)) as resize:
            assert "cannot be written" in refused(train(place, *SMALL))
            resize(100 * MIB)
            run = result(place, *SMALL)
            assert (run / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()
            assert log(run) == log(whole)


def without_roots_privilege():
    """For a child before it starts: root that file rights bind, as they bind everyone else."""
    if os.geteuid() == 0:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("closed", "named"), [(".", "runs/"), ("models", "models:")])
def test_07_a_read_only_folder_is_seen_before_the_first_step(place, closed, named):
    (place / closed).mkdir(exist_ok=True)
    (place / closed).chmod(0o555)
    line = refused(train(place, *SMALL, f"publish={closed == 'models'}", preexec_fn=without_roots_privilege))
    assert line.startswith(named)
    assert "cannot be written (Permission denied)" in line
    assert "chmod u+w" in line
    assert not list(place.glob("runs/*/log.jsonl"))


START = """
from pathlib import Path
from groklab.errors import UserError
from groklab.run_folder import RunFolder

try:
    with RunFolder(Path("runs"), "a") as folder:
        folder.start(experiment="x", command="y")
except UserError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("closed", "named"), [("runs", "runs/a"), *((f"runs/a{name}",) * 2 for name in ("", "/checkpoints", "/pictures"))]
)
def test_07_every_folder_of_a_run_is_tried_before_it_starts(tmp_path, closed, named):
    (tmp_path / closed).mkdir(parents=True)
    (tmp_path / closed).chmod(0o555)
    said = subprocess.run(
        [sys.executable, "-c", START],
        cwd=tmp_path,
        preexec_fn=without_roots_privilege,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.startswith(f"{named}: cannot be written (Permission denied)")
    assert not list(tmp_path.glob("runs/*/status.json"))
