"""Downloads cut short, altered, stalled, killed or wanted twice, from a real server (row 39)."""

import hashlib
import os
import pty
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from groklab.data.prepare import prepare
from groklab.data.sources import Url, fetch
from groklab.errors import UserError
from tests.data.sets import Table, random_rows, table
from tests.data.web_site import Site

CONTENT = random.Random(0).randbytes(1_000_000)
HASH, HALF = hashlib.sha256(CONTENT).hexdigest(), len(CONTENT) // 2
BLOCK = 1 << 13
PROGRAM = """
import logging, sys
from groklab.app import run
from groklab.data.sources import Url, fetch
logging.basicConfig(level=logging.INFO, format="%(message)s")
run(lambda: print(fetch("set", "file.bin", sources=[Url(sys.argv[1], (sys.argv[2],))]).path))
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setenv("GROKLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("GROKLAB_MIRROR", raising=False)
    monkeypatch.setattr("groklab.data.download._PAUSE_S", 0)
    with Site({"/file.bin": CONTENT}) as opened:
        yield opened


@pytest.fixture
def part(tmp_path):
    """Where a download lies until it is complete; its folder exists."""
    (tmp_path / "cache" / "set").mkdir(parents=True)
    return tmp_path / "cache" / "set" / f"{HASH}.part"


def get(site):
    return fetch("set", "file.bin", sources=[Url(f"{site.url}/file.bin", (HASH,))])


def starts(site):
    return [start for _, start in site.asked]


def files_in(folder):
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file() and path.suffix != ".lock")


def closes_once(site, at=HALF):
    """It closes the first connection early."""
    site.closes = lambda start, end: at if len(site.asked) == 1 else end


def test_a_download_cut_at_half_goes_on_within_the_command(site, part):
    closes_once(site)
    assert get(site).path.read_bytes() == CONTENT
    first, second = starts(site)
    assert first == 0 and HALF - BLOCK <= second <= HALF
    assert files_in(part.parent) == ["file.bin"]


def test_a_server_that_never_sends_the_second_half_is_an_error_that_the_next_command_goes_on_from(site, part):
    site.closes = lambda start, end: HALF
    with pytest.raises(UserError) as error:
        get(site)
    line = str(error.value)
    for said in (
        f"{site.url}/file.bin",
        "what came is kept",
        "the same command goes on",
        "GROKLAB_MIRROR/set/file.bin",
    ):
        assert said in line
    assert files_in(part.parent) == [part.name]
    kept = part.stat().st_size
    assert HALF - BLOCK <= kept <= HALF and CONTENT.startswith(part.read_bytes())
    site.closes = lambda start, end: end
    site.asked.clear()
    assert get(site).path.read_bytes() == CONTENT
    assert starts(site) == [kept]
    assert files_in(part.parent) == ["file.bin"]


def test_a_server_that_always_sends_half_of_the_rest_is_borne_with(site):
    site.closes = lambda start, end: (start + end) // 2 if end - start > 4 * BLOCK else end
    assert get(site).path.read_bytes() == CONTENT
    assert len(site.asked) > 3 and starts(site) == sorted(starts(site))


def test_a_server_that_ignores_ranges_starts_again(site):
    site.ranges = False
    closes_once(site)
    assert get(site).path.read_bytes() == CONTENT
    assert len(site.asked) == 2 and starts(site)[1] > 0


def test_a_server_that_ignores_ranges_and_always_closes_early_is_given_up(site, part):
    site.ranges = False
    site.closes = lambda start, end: HALF
    with pytest.raises(UserError, match="download failed"):
        get(site)
    assert len(site.asked) == 4  # the first has brought something, three have brought nothing new
    assert files_in(part.parent) == [part.name]


def test_wrong_content_is_refused_with_address_and_hashes_and_is_not_kept(site, part):
    wrong = CONTENT[:-1] + b"?"
    site.files["/file.bin"] = wrong
    with pytest.raises(UserError) as error:
        get(site)
    line = str(error.value)
    for said in (f"{site.url}/file.bin", hashlib.sha256(wrong).hexdigest(), HASH, "GROKLAB_MIRROR/set/file.bin"):
        assert said in line
    assert starts(site) == [0]
    assert files_in(part.parent) == []


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        (CONTENT, [len(CONTENT)]),
        (CONTENT + b"more", [len(CONTENT) + 4, 0]),
        (b"?" * HALF, [HALF, 0]),
        (b"", [0]),
    ],
    ids=["complete", "longer", "of something else", "empty"],
)
def test_whatever_part_is_there_the_right_file_comes_of_it(site, part, there, asked):
    part.write_bytes(there)
    assert get(site).path.read_bytes() == CONTENT
    assert starts(site) == asked
    assert files_in(part.parent) == ["file.bin"]


def test_a_server_that_stops_sending_is_an_error_in_time(site, part, monkeypatch):
    monkeypatch.setattr("groklab.data.download._TIMEOUT_S", 0.2)
    go_on = threading.Event()
    site.waits = lambda: go_on.wait(30)
    began = time.monotonic()
    with pytest.raises(UserError, match=r"file\.bin: download failed .*timed out.*the same command goes on"):
        get(site)
    assert time.monotonic() - began < 20
    go_on.set()
    assert CONTENT.startswith(part.read_bytes()) and part.stat().st_size >= HALF - BLOCK
    assert get(site).path.read_bytes() == CONTENT


def test_data_are_prepared_whole_or_not_at_all(site, tmp_path):
    """The folder is not begun before the file is there."""

    class Remote(Table):
        def load(self):
            get(site)
            return super().load()

    dataset = table(random_rows(), kind=Remote, num_outputs=2)
    site.closes = lambda start, end: HALF
    with pytest.raises(UserError, match="could be had from no source"):
        prepare(dataset, tmp_path / "table")
    assert not (tmp_path / "table").exists()
    site.closes = lambda start, end: end
    prepare(dataset, tmp_path / "table")
    assert (tmp_path / "table" / "card.json").is_file()


def start(site, **more):
    command = [sys.executable, "-c", PROGRAM, f"{site.url}/file.bin", HASH]
    return subprocess.Popen(command, stdout=subprocess.PIPE, **{"stderr": subprocess.PIPE, "text": True, **more})


def wait_until(condition, timeout_s=30):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it never came to this"
        time.sleep(0.005)


def test_two_processes_at_once_download_it_once(site, part):
    go_on = threading.Event()
    site.waits = lambda: go_on.wait(30)
    processes = [start(site) for _ in range(2)]
    errors = [[], []]  # read line by line, for the one that waits says so while the other downloads
    readers = [
        threading.Thread(target=lambda p=p, lines=lines: lines.extend(p.stderr), daemon=True)
        for p, lines in zip(processes, errors, strict=True)
    ]
    for reader in readers:
        reader.start()
    wait_until(lambda: any("waiting" in line for lines in errors for line in lines))
    go_on.set()
    for process, reader in zip(processes, readers, strict=True):
        assert process.wait(30) == 0
        reader.join(30)
        assert process.stdout.read().strip() == str(part.with_name("file.bin"))
    assert part.with_name("file.bin").read_bytes() == CONTENT
    assert starts(site) == [0]
    assert files_in(part.parent) == ["file.bin"]


def test_a_process_that_waits_goes_on_where_a_killed_one_stopped(site, part):
    go_on = threading.Event()
    site.waits = lambda: go_on.wait(30)
    first = start(site)
    wait_until(lambda: part.exists() and part.stat().st_size >= HALF - BLOCK)
    second = start(site)
    time.sleep(0.5)
    assert second.poll() is None and starts(site) == [0]
    first.kill()
    first.wait(30)
    go_on.set()
    out, err = second.communicate(timeout=30)
    assert second.returncode == 0, err
    assert starts(site)[1] >= HALF - BLOCK
    assert Path(out.strip()).read_bytes() == CONTENT


def test_the_program_ends_with_one_line_and_a_log_has_one_line_a_try(site):
    site.closes = lambda start, end: HALF
    site.ranges = False
    process = start(site)
    out, err = process.communicate(timeout=60)
    *log, last = err.splitlines()
    assert process.returncode == 1 and out == "" and "Traceback" not in err
    assert last.startswith("data set: file.bin could be had from no source")
    host = site.url.removeprefix("http://")
    assert log.count(f"fetching file.bin from {host}, 1.0 MB") == len(site.asked)


def test_on_a_terminal_there_is_a_bar(site):
    ours, theirs = pty.openpty()
    process = start(site, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"})
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 1 << 16):
            shown += block
    except OSError:  # the terminal's other end is closed
        pass
    os.close(ours)
    assert process.wait(30) == 0
    assert b"fetching file.bin" in shown and b"1.0/1.0 MB" in shown
    assert b"fetching file.bin from" not in shown
