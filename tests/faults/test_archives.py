"""Crafted archives: nothing is written anywhere, and no more comes out than was allowed (row 32)."""

import gzip
import io
import tarfile
import zipfile

import pytest

from groklab.data.archives import read_member, read_members
from groklab.errors import UserError

CAP = 1 << 20
OUTSIDE = ["../evil.txt", "/tmp/evil.txt", "a/../../evil.txt", "..\\evil.txt"]


@pytest.fixture
def tar(tmp_path):
    """Write a tar of ``{name: content or TarInfo}``."""

    def write(members, mode="w:gz"):
        with tarfile.open(tmp_path / "archive", mode) as archive:
            for name, content in members.items():
                if isinstance(content, tarfile.TarInfo):
                    archive.addfile(content)
                else:
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
        return tmp_path / "archive"

    return write


@pytest.fixture
def zipped(tmp_path):
    def write(members):
        with zipfile.ZipFile(tmp_path / "archive", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return tmp_path / "archive"

    return write


def everything(archive):
    return dict(read_members(archive, max_bytes=CAP))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_an_honest_tar_gives_its_files(tar, mode):
    assert everything(tar({"a/one.txt": b"1", "a/two.csv": b"22"}, mode)) == {"a/one.txt": b"1", "a/two.csv": b"22"}


def test_an_honest_zip_gives_what_matches(zipped):
    archive = zipped({"a/one.txt": b"1", "a/two.csv": b"22", "a/[x].csv": b"3"})
    assert dict(read_members(archive, "*.csv")) == {"a/two.csv": b"22", "a/[x].csv": b"3"}
    assert read_member(archive, "a/[x].csv") == b"3"
    with pytest.raises(UserError, match=r"no member 'a/three\.csv'"):
        read_member(archive, "a/three.csv")


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_a_name_that_leads_outside_is_refused(request, tmp_path, kind, name):
    archive = request.getfixturevalue(kind)({"good.txt": b"1", name: b"evil"})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="leads outside"):
        everything(archive)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_passed_over(tar, kind):
    link = tarfile.TarInfo("link")
    link.type, link.linkname = kind, "/etc/passwd"
    assert everything(tar({"link": link, "link/inside.txt": b"1"})) == {"link/inside.txt": b"1"}


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_tar_bomb_stops_at_the_limit(tar, mode):
    archive = tar({"bomb": bytes(50 * CAP)}, mode)
    assert archive.stat().st_size < CAP
    with pytest.raises(UserError, match="no honest archive"):
        everything(archive)


def test_a_bomb_that_is_only_passed_over_stops_too(tar):
    archive = tar({"bomb": bytes(50 * CAP), "wanted": b"1"})
    with pytest.raises(UserError, match="no honest archive"):
        list(read_members(archive, "wanted", max_bytes=CAP))


def test_a_bomb_in_a_header_stops_too(tmp_path):
    header = tarfile.TarInfo("header")
    header.type, header.size = tarfile.XHDTYPE, 50 * CAP
    (tmp_path / "archive").write_bytes(gzip.compress(header.tobuf() + bytes(50 * CAP)))
    with pytest.raises(UserError, match="no honest archive"):
        everything(tmp_path / "archive")


def test_a_zip_bomb_stops_at_the_limit(zipped):
    with pytest.raises(UserError, match="no honest archive"):
        everything(zipped({"bomb": bytes(50 * CAP)}))


def test_many_small_members_count_together(zipped):
    with pytest.raises(UserError, match="no honest archive"):
        everything(zipped({f"{number}": bytes(CAP // 4) for number in range(5)}))


def test_a_size_that_lies_is_not_believed(zipped, tmp_path):
    archive = zipped({"bomb": bytes(50 * CAP)})
    size = (50 * CAP).to_bytes(4, "little")
    archive.write_bytes(archive.read_bytes().replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(UserError):
        everything(archive)


@pytest.mark.parametrize("keep", [0, 1, 100, -20])
@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_a_truncated_archive_is_refused(request, kind, keep):
    archive = request.getfixturevalue(kind)({"a.txt": b"some content" * 1000, "b.txt": bytes(range(256)) * 100})
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises(UserError, match="damaged"):
        everything(archive)
