"""Which sounds a folder has transcripts of, and what they say."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groklab.data.file_tree import files_in, name_in
from groklab.errors import UserError

_LIST_ENDING = ".trans.txt"  # of LibriSpeech: a line "<name> <transcript>" for each sound in the same folder
_COLUMNS = ("file", "transcript")


@dataclass(frozen=True)
class Transcript:
    """What one sound says.

    Args:
        path: Of the sound.
        text: What is said, as it was written.
        where: File and row of the transcript, for the line of an error.
        speaker: Who speaks, or ``None`` where that is not written.
    """

    path: Path
    text: str
    where: str
    speaker: str | None = None


def read_transcripts(root: Path, table: str, suffixes: frozenset[str]) -> list[Transcript]:
    """Every transcript below ``root``, in the order of the sounds' names.

    With a file ``table`` in ``root`` it is a CSV with columns ``file`` (from ``root``) and ``transcript``, perhaps
    ``speaker``. Without it transcripts stand beside the sounds: ``NAME.txt`` for ``NAME.wav``, or ``*.trans.txt`` with
    a line ``NAME transcript`` each.

    Args:
        root: The folder.
        table: Name of the CSV.
        suffixes: Endings of sounds.

    Raises:
        UserError: A sound or a transcript is missing, empty or there twice; the line says which and the mend.
    """
    given = root / table
    found = list(_of_table(root, given)) if given.is_file() else list(_beside(root, table, suffixes))
    if not found:
        raise UserError(
            f"{root}: holds no transcript; write {table} (file,transcript) or a NAME.txt beside each NAME.wav"
        )
    seen: dict[Path, str] = {}
    for transcript in found:
        name = name_in(transcript.path, root)
        if transcript.path in seen:
            raise UserError(f"{transcript.where}: {name} has a transcript in {seen[transcript.path]} too; remove one")
        seen[transcript.path] = transcript.where
        if not transcript.path.is_file():
            raise UserError(f"{transcript.where}: there is no file {name} in {root}; add it or remove the row")
        if not transcript.text.strip():
            raise UserError(f"{transcript.where}: the transcript is empty; write what is said or remove the sound")
    return sorted(found, key=lambda of: of.path.as_posix())


def tidy(text: str, *, lowercase: bool) -> str:
    """One Unicode form (NFC), one space between words, none at the ends; in small letters if wanted."""
    words = unicodedata.normalize("NFC", text).split()
    joined = " ".join(words)
    return joined.lower() if lowercase else joined


def _of_table(root: Path, table: Path) -> Iterator[Transcript]:
    rows = csv.DictReader(io.StringIO(_text(table), newline=""))
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise UserError(
            f"{table}: has no column {missing[0]} (columns: {', '.join(rows.fieldnames or ['none'])}); "
            "its first line must be file,transcript"
        )
    for number, row in enumerate(rows, start=2):
        where = f"{table.name}, row {number}"
        if None in row or any(row[name] is None for name in _COLUMNS):
            raise UserError(
                f"{where}: has more or fewer cells than the first line; put quotes around a text with commas"
            )
        name = row["file"].strip()
        path = root / name
        if not name or Path(name).is_absolute() or ".." in Path(name).parts:
            raise UserError(f"{where}: file {name!r} does not lie in {root}; give its name from there")
        yield Transcript(path, row["transcript"], where, (row.get("speaker") or "").strip() or None)


def _beside(root: Path, table: str, suffixes: frozenset[str]) -> Iterator[Transcript]:
    files = files_in(root)
    sounds = {path.with_suffix(""): path for path in files if path.suffix.lower() in suffixes}
    heard: set[Path] = set()
    for path in files:
        if path.name.endswith(_LIST_ENDING):
            for number, line in enumerate(_text(path).splitlines(), start=1):
                name, _, text = line.strip().partition(" ")
                if name:
                    sound = path.parent / name
                    heard.add(sound)
                    where = f"{name_in(path, root)}, line {number}"
                    yield Transcript(sounds.get(sound, sound.with_name(f"{name}.wav")), text, where)
        elif path.suffix == ".txt" and path.with_suffix("") in sounds:
            heard.add(path.with_suffix(""))
            yield Transcript(sounds[path.with_suffix("")], _text(path), name_in(path, root))
    silent = [path for stem, path in sounds.items() if stem not in heard]
    if silent and heard:
        raise UserError(
            f"{root}: {len(silent)} of {len(sounds)} sounds have no transcript, the first is "
            f"{name_in(silent[0], root)}; write {silent[0].stem}.txt beside it, or name the sounds to use in {table}"
        )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as UTF-8 text ({error}); save it as UTF-8") from error
