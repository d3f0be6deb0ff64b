"""Two runs, or two multiruns, side by side."""

from pathlib import Path

from groklab.comparing.comparison import Comparison
from groklab.comparing.finding import find
from groklab.comparing.multirun import is_multirun, multirun_of
from groklab.comparing.record import record_of
from groklab.errors import UserError


def compare(a: str, b: str, *, root: Path) -> Comparison:
    """What differs between ``a`` and ``b``.

    Args:
        a: Id of a run or its first digits, an experiment in ``models/``, a multirun's name, or a folder.
        b: Another of the same kind.
        root: The working folder.

    Raises:
        UserError: There is no such run, or one is a run and the other a multirun.
    """
    folders = [find(name, root=root) for name in (a, b)]
    kinds = [is_multirun(folder) for folder in folders]
    if kinds[0] != kinds[1]:
        which = folders if kinds[0] else folders[::-1]
        raise UserError(f"{which[0]} is a multirun and {which[1]} is a run; compare two of a kind")
    read = multirun_of if kinds[0] else record_of
    return Comparison(*(read(folder, root=root) for folder in folders))
