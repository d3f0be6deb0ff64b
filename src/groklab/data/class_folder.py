"""A user's own files in a folder for each class, of which some may be unreadable."""

import hashlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from groklab.data.cleaning import content_keys
from groklab.data.dataset import Raw
from groklab.data.file_tree import Member, Unreadable, content_of, files_in, folders_in, listed, name_in
from groklab.data.own_data import OwnData
from groklab.data.split import PARTS
from groklab.errors import UserError
from groklab.files import digest
from groklab.kinds import Kind

Array = np.ndarray[Any, Any]
OnError = Literal["fail", "skip"]


class Decoded(NamedTuple):
    """An example, and what was done to it that is not done to all: each a sentence without its full stop."""

    x: Array
    changes: tuple[str, ...] = ()


class ClassFolder(OwnData):
    """``<path>/<class>/...`` or ``<path>/{train,val,test}/<class>/...``; hidden files are not seen.

    A subclass gives ``thing``, ``suffixes``, ``rule``, ``example_shape``, ``example_type`` and ``decode``.

    Args:
        on_error: ``fail`` refuses a folder with a file that cannot be read; ``skip`` leaves such files out and names
            them in the data card.
        others: As in :class:`OwnData`.
    """

    kind: Kind = "classification"
    labelled: bool = True  # else all files are of one kind, and the folders that they lie in say nothing
    thing: ClassVar[str]
    suffixes: ClassVar[frozenset[str]]

    def __init__(self, *, on_error: OnError, **others: Any) -> None:
        super().__init__(**others)
        self.on_error = on_error

    @abstractmethod
    def decode(self, content: bytes) -> Decoded:
        """An example of a file's bytes.

        Raises:
            Unreadable: They are damaged or of another kind; and so every other error of a decoder is taken.
        """

    @abstractmethod
    def rule(self) -> str:
        """What is done to every example, a sentence for the data card."""

    @abstractmethod
    def example_shape(self) -> tuple[int, ...]:
        """Of what ``decode`` gives."""

    @property
    @abstractmethod
    def example_type(self) -> type[np.generic]:
        """Of what ``decode`` gives."""

    def group_of(self, path: Path) -> str | None:
        """What a file must not be torn apart from, if there is such a thing.

        Raises:
            UserError: It cannot be told.
        """
        return None

    def load(self) -> Raw:
        """Every file that can be read, in the order of the names."""
        root = self.place()
        members, others = self._members(root)
        x, kept, rules, hashes = self._read([member.path for member in members], root)
        members = [members[row] for row in kept]
        labels = sorted({member.label for member in members})
        parts = np.array([member.part for member in members])
        groups = [self.group_of(member.path) for member in members]
        self._refuse_copies(x, parts, [name_in(member.path, root) for member in members])
        self._refuse_torn(groups, parts)
        if others:
            rules.append(f"Files that are no {self.thing}s by their names are left out ({others}).")
        return Raw(
            x,
            np.array([labels.index(member.label) for member in members], np.int64),
            groups=None if None in groups else np.array(groups),
            split=self._split(parts),
            class_names=labels,
            source=f"own {self.thing}s, {len(members)} files in the folder {root.resolve().name}",
            source_sha256=digest(
                sorted(f"{m.part}/{m.label} {hash_}" for m, hash_ in zip(members, hashes, strict=True))
            ),
            rules=[self.rule(), *rules],
        )

    def read_inputs(self, path: str | Path) -> tuple[Array, list[str]]:
        """A file, or all files in a folder, as ``load`` gives them, and their names; there are no classes.

        Raises:
            UserError: There is none, or one cannot be read and ``on_error`` is ``fail``.
        """
        root = Path(path)
        if not root.exists():
            raise UserError(f"{root}: does not exist; give {self._article()} or a folder of them")
        paths = [root] if root.is_file() else [found for found in files_in(root) if self._is_one(found)]
        if not paths:
            raise UserError(f"{root}: holds no {self.thing}; {self._endings()}")
        x, kept, _, _ = self._read(paths, root.parent if root.is_file() else root)
        return x, [name_in(paths[row], root.parent if root.is_file() else root) for row in kept]

    def _members(self, root: Path) -> tuple[list[Member], int]:
        """Files with their class and part, and how many others there are."""
        if not root.is_dir():
            raise UserError(f"data.path: {self.path} is no folder; give one that has a folder for each class")
        inside = folders_in(root)
        fixed = bool(inside) and "train" in inside and set(inside) <= set(PARTS)
        self._check_fractions(root, set(inside) if fixed else set())
        folders = [(part, root / part) for part in PARTS if part in inside] if fixed else [("", root)]
        members: list[Member] = []
        others = 0
        for part, folder in folders:
            labels = folders_in(folder) if self.labelled else [""]
            if not labels:
                raise UserError(f"{folder}: holds no folder; put the {self.thing}s of each class in one of its name")
            for label in labels:
                every = files_in(folder / label)
                ours = [path for path in every if self._is_one(path)]
                if not ours:
                    raise UserError(
                        f"{folder / label}: holds no {self.thing}; add some, or remove the folder of the class "
                        f"({self._endings()})"
                    )
                members += [Member(path, label, part) for path in ours]
                others += len(every) - len(ours)
        return members, others

    def _check_fractions(self, root: Path, folders: set[str]) -> None:
        """A part is either a folder or a share of the rest."""
        mend = []
        for part, share, usual in (("val", self.val_fraction, 0.16), ("test", self.test_fraction, 0.2)):
            if part in folders and share is not None:
                mend.append(f"data.{part}_fraction=null, for {part}/ is that part")
            elif part not in folders and share is None:
                mend.append(f"data.{part}_fraction={usual}, for there is no folder {part}/")
        if mend:
            raise UserError(f"{root}: set {' and '.join(mend)}")

    def _split(self, parts: Array) -> Array | None:
        if "train" not in parts:
            return None
        drawn = self.val_fraction is not None or self.test_fraction is not None
        return np.where(parts == "train", "", parts) if drawn else parts

    def _read(self, paths: Sequence[Path], root: Path) -> tuple[Array, list[int], list[str], list[str]]:
        """Examples, their numbers among ``paths``, rules and hashes."""
        x = np.empty((len(paths), *self.example_shape()), self.example_type)
        kept: list[int] = []
        hashes: list[str] = []
        bad: list[str] = []
        changes: Counter[str] = Counter()
        for row, path in enumerate(paths):
            try:
                content = content_of(path)
                x[len(kept)], changed = self._decoded(content)
            except Unreadable as error:
                bad.append(f"{name_in(path, root)} ({error})")
                continue
            kept.append(row)
            changes.update(changed)
            hashes.append(hashlib.sha256(content).hexdigest())
        rules = [f"{change} ({number})." for change, number in sorted(changes.items())]
        if bad:
            rules.append(f"Files that are no readable {self.thing} are left out ({len(bad)}): {listed(bad)}.")
        if bad and (self.on_error == "fail" or not kept):
            raise UserError(
                f"{root}: {len(bad)} of {len(paths)} files cannot be read, the first is {bad[0]}; mend or remove them, "
                "or leave them out by data.on_error=skip"
            )
        return x[: len(kept)], kept, rules, hashes

    def _decoded(self, content: bytes) -> Decoded:
        try:
            return self.decode(content)
        except (Unreadable, MemoryError):
            raise
        except Exception as error:  # what decoders raise at damaged bytes has no common base
            raise Unreadable(str(error) or type(error).__name__) from error

    def _refuse_copies(self, x: Array, parts: Array, names: Sequence[str]) -> None:
        keys = content_keys(x) if "train" in parts else np.array([])
        for part, other in (("test", "train"), ("test", "val"), ("val", "train")):
            twice = [row for row in np.flatnonzero(parts == part).tolist() if keys[row] in set(keys[parts == other])]
            if twice:
                raise UserError(
                    f"data {self.name}: {len(twice)} {self.thing}s of {part} are also in {other}: "
                    f"{listed([names[row] for row in twice])}; remove them from one of the two"
                )

    def _refuse_torn(self, groups: Sequence[str | None], parts: Array) -> None:
        found: dict[str | None, str] = {None: ""}
        for group, part in zip(groups, parts.tolist(), strict=True):
            if group is not None and found.setdefault(group, part) != part:
                raise UserError(
                    f"data {self.name}: group {group!r} is in {found[group]} and in {part}; move all of it to one"
                )

    def _is_one(self, path: Path) -> bool:
        return path.suffix.lower() in self.suffixes

    def _endings(self) -> str:
        return f"names end in {', '.join(sorted(self.suffixes))}"

    def _article(self) -> str:
        return f"{'an' if self.thing[0] in 'aeiou' else 'a'} {self.thing}"
