"""What is used of an archive, known by its content however it is packed."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groklab.data.archives import read_members


@dataclass(frozen=True)
class Content:
    """Files of an archive that are the same in every packaging of it.

    A host that packs an archive afresh for each request, as GitHub does for a tag, promises no hash of it; a mirror may
    have another compression, other folders around the files, or fewer files besides.

    Args:
        members: Regular expression for the whole name of a member in use. Its first group is the member's name in
            every packaging.
        sha256: Of the list of these members as ``sha256sum`` writes it, ``<sha256>  <name>`` a line, in the order of
            the lines' names.
    """

    members: str
    sha256: str

    def read(self, archive: Path) -> Iterator[tuple[str, bytes]]:
        """The members' names in every packaging, and their content, in the archive's order.

        Raises:
            UserError: As :func:`read_members`.
        """
        for name, content in read_members(archive):
            if found := re.fullmatch(self.members, name):
                yield found[1], content

    def fingerprint(self, archive: Path) -> str:
        """What ``sha256`` would have to be for ``archive``.

        Raises:
            UserError: As :func:`read_members`.
        """
        hashes = sorted((name, hashlib.sha256(content).hexdigest()) for name, content in self.read(archive))
        return hashlib.sha256("".join(f"{hash_}  {name}\n" for name, hash_ in hashes).encode()).hexdigest()
