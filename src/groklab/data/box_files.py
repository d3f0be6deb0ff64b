"""The annotation files of a user's folder, whichever form they have, and the images that they are of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from groklab.data.box_notes import BoxNotes
from groklab.data.coco import is_coco, read_coco
from groklab.data.file_tree import Unreadable, content_of, files_in, name_in
from groklab.data.voc import read_voc
from groklab.errors import UserError

_FORMS = (
    'one XML file of Pascal VOC an image, or one JSON file of COCO with "images" and "annotations", beside the '
    "images or in folders of their own"
)


class Annotated(NamedTuple):
    """An image, what is said of it, and the file that says so."""

    path: Path
    notes: BoxNotes
    source: Path


class Found(NamedTuple):
    """Annotated images, faults of files that cannot be used, and how many images no annotation names."""

    images: list[Annotated]
    faults: list[str]
    num_files: int
    num_unnamed: int


def find_annotated(folder: Path, suffixes: frozenset[str]) -> Found:
    """Every image in ``folder`` that has annotations there.

    Args:
        folder: Is looked through with all folders in it.
        suffixes: Of images.

    Raises:
        UserError: There are no annotations, or of both forms, or several files of COCO.
    """
    every = files_in(folder)
    pictures = [path for path in every if path.suffix.lower() in suffixes]
    notes, faults, num_files = _notes(folder, every)
    by_name: dict[str, list[Path]] = defaultdict(list)
    for path in pictures:
        by_name[path.name].append(path)
        by_name[f"{path.stem}\0"].append(path)  # by its stem, which no file's name can be
    images: list[Annotated] = []
    taken: dict[Path, Path] = {}
    for source, of in notes:
        try:
            path = _image_of(of, source, by_name)
        except Unreadable as error:
            faults.append(f"{name_in(source, folder)} ({error})")
            continue
        if path in taken:
            first = name_in(taken[path], folder)
            faults.append(f"{name_in(source, folder)} ({path.name} is annotated already, in {first})")
            continue
        taken[path] = source
        images.append(Annotated(path, of, source))
    images.sort(key=lambda image: image.path.as_posix())
    return Found(images, faults, num_files, len(set(pictures) - set(taken)))


def _notes(folder: Path, every: Sequence[Path]) -> tuple[list[tuple[Path, BoxNotes]], list[str], int]:
    xml = [path for path in every if path.suffix.lower() == ".xml"]
    json = [path for path in every if path.suffix.lower() == ".json"]
    faults: list[str] = []
    coco = []
    for path in json:
        try:
            content = content_of(path)
        except Unreadable as error:
            faults.append(f"{name_in(path, folder)} ({error})")
            continue
        if is_coco(content):
            coco.append((path, content))
    if xml and coco:
        raise UserError(f"{folder}: holds annotations twice, {xml[0].name} and {coco[0][0].name}; keep one form")
    if len(coco) > 1:
        names = ", ".join(name_in(path, folder) for path, _ in coco)
        raise UserError(f"{folder}: holds several files of COCO ({names}); put each in a folder train, val or test")
    if not xml and not coco:
        why = f"; {faults[0]}" if faults else ""
        raise UserError(f"{folder}: holds no annotations{why}; give {_FORMS}")
    notes: list[tuple[Path, BoxNotes]] = []
    for path, content in coco:
        try:
            notes += [(path, of) for of in read_coco(content)]
        except Unreadable as error:
            faults.append(f"{name_in(path, folder)} ({error})")
    for path in xml:
        try:
            notes.append((path, read_voc(content_of(path), stem=path.stem)))
        except Unreadable as error:
            faults.append(f"{name_in(path, folder)} ({error})")
    return notes, faults, len(xml) + len(coco)


def _image_of(notes: BoxNotes, source: Path, by_name: Mapping[str, list[Path]]) -> Path:
    """The file that annotations are of: where they say, beside them, or the one of that name in the folder."""
    name = Path(notes.image.replace("\\", "/"))
    found = by_name.get(name.name) or by_name.get(f"{notes.stem}\0") or []
    near = [path for path in found if path == source.parent / name]
    near = near or [path for path in found if path.as_posix().endswith(f"/{name.as_posix()}")]
    near = near or found
    if not near:
        raise Unreadable(f"its image {notes.image} is missing")
    if len(near) > 1:
        raise Unreadable(f"its image {notes.image} is there {len(near)} times; give images different names")
    return near[0]
