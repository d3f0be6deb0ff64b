"""An archive known by its members."""

import hashlib
import io
import subprocess
import tarfile
import zipfile

import numpy as np
import pytest

from groklab.data.content import Content
from groklab.data.fsdd import FSDD
from groklab.data.sources import Url, fetch
from groklab.errors import UserError
from tests.data.shipped import MIRROR
from tests.data.web_site import Site

FILES = {"b.txt": b"two", "a.txt": b"one"}
LIST = "".join(f"{hashlib.sha256(FILES[name]).hexdigest()}  sub/{name}\n" for name in sorted(FILES))
CONTENT = Content(r"[^/]+/(sub/\w+\.txt)", hashlib.sha256(LIST.encode()).hexdigest())


def tarred(path, files, *, mode="w:gz", around="release-1.0", besides=("README.md",)):
    with tarfile.open(path, mode) as archive:
        for name, content in [
            *((f"sub/{name}", content) for name, content in files.items()),
            *((n, b"") for n in besides),
        ]:
            info = tarfile.TarInfo(f"{around}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"main/sub/{name}", content)
    return path


def test_every_packaging_has_the_same_fingerprint_and_reads_alike(tmp_path):
    backwards = dict(reversed(FILES.items()))
    packed = [
        tarred(tmp_path / "one.tar.gz", FILES),
        tarred(tmp_path / "two.tar.xz", backwards, mode="w:xz", around="elsewhere", besides=()),
        zipped(tmp_path / "three.zip", FILES),
    ]
    for archive in packed:
        assert CONTENT.fingerprint(archive) == CONTENT.sha256
        assert dict(CONTENT.read(archive)) == {f"sub/{name}": content for name, content in FILES.items()}


def test_the_fingerprint_is_what_sha256sum_gives_of_the_unpacked_files(tmp_path):
    with tarfile.open(tarred(tmp_path / "one.tar.gz", FILES)) as archive:
        archive.extractall(tmp_path, filter="data")
    shell = "find sub -name '*.txt' | LC_ALL=C sort | xargs sha256sum | sha256sum"
    done = subprocess.run(shell, shell=True, cwd=tmp_path / "release-1.0", capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == CONTENT.sha256


@pytest.mark.parametrize(
    "files",
    [{"a.txt": b"one"}, FILES | {"c.txt": b""}, {"a.txt": b"two", "b.txt": b"one"}, FILES | {"a.txt": b"One"}],
    ids=["one fewer", "one more", "swapped", "changed"],
)
def test_any_other_content_has_another_fingerprint(tmp_path, files):
    assert CONTENT.fingerprint(tarred(tmp_path / "one.tar.gz", files)) != CONTENT.sha256


def test_a_member_that_comes_twice_is_seen(tmp_path):
    path = tarred(tmp_path / "one.tar", FILES, mode="w")
    with tarfile.open(path, "a") as archive:
        info = tarfile.TarInfo("again/sub/a.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"one"))
    assert CONTENT.fingerprint(path) != CONTENT.sha256


def test_a_mirror_and_a_host_may_pack_it_differently(tmp_path, monkeypatch):
    monkeypatch.setenv("GROKLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("GROKLAB_MIRROR", raising=False)
    with Site({"/v1.tar.gz": tarred(tmp_path / "packed", FILES).read_bytes()}) as site:
        url = Url(f"{site.url}/v1.tar.gz", (CONTENT,))
        downloaded = fetch("set", "set.tar.xz", sources=[url])
        (tmp_path / "mirror" / "set").mkdir(parents=True)
        tarred(tmp_path / "mirror" / "set" / "set.tar.xz", FILES, mode="w:xz", around="elsewhere")
        monkeypatch.setenv("GROKLAB_MIRROR", str(tmp_path / "mirror"))
        mirrored = fetch("set", "set.tar.xz", sources=[url])
    assert (downloaded.source, mirrored.source) == (url.url, "mirror, set/set.tar.xz")
    assert downloaded.sha256 == mirrored.sha256 == CONTENT.sha256
    assert sorted(CONTENT.read(downloaded.path)) == sorted(CONTENT.read(mirrored.path))


@pytest.mark.parametrize("sent", [b"no archive", None])
def test_what_is_not_it_is_refused_with_both_fingerprints_and_not_kept(tmp_path, monkeypatch, sent):
    monkeypatch.setenv("GROKLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("GROKLAB_MIRROR", raising=False)
    other = tarred(tmp_path / "packed", {"a.txt": b"one"})
    with Site({"/v1.tar.gz": sent or other.read_bytes()}) as site, pytest.raises(UserError) as error:
        fetch("set", "set.tar.xz", sources=[Url(f"{site.url}/v1.tar.gz", (CONTENT,))])
    said = ["damaged or no archive"] if sent else [CONTENT.fingerprint(other), CONTENT.sha256]
    for part in (f"{site.url}/v1.tar.gz", *said, "what came is removed"):
        assert part in str(error.value)
    assert not [path for path in (tmp_path / "cache" / "set").iterdir() if path.suffix != ".lock"]


def test_fsdd_is_accepted_and_read_as_github_packs_it(tmp_path, monkeypatch):
    """As a tar.gz in a folder named by the release, with its code beside the recordings."""
    mirrored = MIRROR / "fsdd" / "free-spoken-digit-dataset.tar.xz"
    if not mirrored.is_file():
        pytest.skip(f"no mirror of the recordings at {mirrored}")
    archive = tmp_path / "fsdd" / mirrored.name
    archive.parent.mkdir()
    with tarfile.open(mirrored) as given, tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        for member in given:
            content = given.extractfile(member)
            member.name = member.name.replace("free-spoken-digit-dataset", "free-spoken-digit-dataset-1.0.10")
            packed.addfile(member, content)
        packed.addfile(tarfile.TarInfo("free-spoken-digit-dataset-1.0.10/utils/fsdd.py"))
    monkeypatch.setenv("GROKLAB_MIRROR", str(tmp_path))
    sizes = {"shape": [20, 40], "num_features": 800, "num_outputs": 10}
    words = FSDD(name="fsdd", **sizes, val_fraction=0.1, test_fraction=None).load()
    assert np.bincount(words.y).tolist() == [300] * 10
    assert (words.split == "test").sum() == 300
