"""Data of the user's own: a file or folder that is named in the config."""

from pathlib import Path
from typing import Any

from groklab.data.dataset import DataSet
from groklab.errors import UserError
from groklab.files import digest, sha256

_FOUND_IN_THE_DATA = ("shape", "num_features", "num_outputs")


class OwnData(DataSet):
    """A file or folder of the user's; sizes that the config leaves open are taken from it.

    A subclass names all its constructor arguments, for they are the schema of its YAML, and hands on those that are
    not its own.

    Args:
        path: Of the file or folder, from where the command is started.
        licence: Under which the data may be used, for the data card.
        citation: Of their authors, likewise.
        shape: As in :class:`DataSet`, and so the rest.
        num_features: As above.
        num_outputs: As above.
        others: What the next class takes.
    """

    def __init__(
        self,
        *,
        path: str,
        licence: str = "not stated",
        citation: str = "not stated",
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        **others: Any,
    ) -> None:
        super().__init__(shape=shape, num_features=num_features, num_outputs=num_outputs, **others)
        self.path = path
        self.licence = licence  # type: ignore[misc]
        self.citation = citation  # type: ignore[misc]

    def place(self) -> Path:
        """Where the data lie.

        Raises:
            UserError: Nothing is there.
        """
        path = Path(self.path).expanduser()
        if not path.exists():
            raise UserError(
                f"data.path: {self.path} does not exist (looked in {Path.cwd()}); give the path of a file or folder "
                "from there, or a whole one"
            )
        return path

    def files(self) -> dict[str, Path]:
        """The file by its name, or all files of the folder by their names within it; hidden ones are no data."""
        place = self.place()
        if not place.is_dir():
            return {place.name: place}
        found = {path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*")) if path.is_file()}
        return {name: path for name, path in found.items() if not any(part[0] == "." for part in name.split("/"))}

    def source_hash(self) -> str:
        """Hex SHA-256 of the file, or over names and hashes of the files of the folder."""
        place = self.place()
        if not place.is_dir():
            return sha256(place)
        return digest({name: sha256(path) for name, path in self.files().items()})

    def config_digest(self) -> str:
        """Hex SHA-256 of the class, its arguments and the state of the files (name, size, time of change).

        Sizes that are found in the data are left out: they are filled in once the data are prepared.

        Raises:
            TypeError: A constructor argument is not kept as an attribute of the same name.
            UserError: The data are not there.
        """
        arguments = {key: value for key, value in self.arguments().items() if key not in _FOUND_IN_THE_DATA}
        states = {name: path.stat() for name, path in self.files().items()}
        found = {name: [state.st_size, state.st_mtime_ns] for name, state in states.items()}
        return digest([f"{type(self).__module__}.{type(self).__qualname__}", arguments, found])
