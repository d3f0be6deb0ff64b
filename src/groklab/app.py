"""What every program of groklab does around its work: one line for a user's error, an exit status for a shell."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groklab.errors import UserError

if TYPE_CHECKING:
    from omegaconf import DictConfig


def run(main: Callable[[], Any]) -> None:
    """Run a program's ``main`` and exit.

    A :class:`UserError` (and what Hydra says of a wrong command line) becomes one line on standard error and status
    1; a signal's status is the shell's. Anything else is our own fault and keeps its traceback.
    """
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors arrive here instead of being printed by Hydra
    try:
        main()
    except UserError as error:
        sys.exit(_say(str(error)))
    except Exception as error:
        from groklab.config.composition import explain

        message = explain(error)
        if message is None:
            raise
        sys.exit(_say(message))
    except BaseException as error:
        if not hasattr(error, "exit_code"):
            raise
        print(error, file=sys.stderr)  # noqa: T201 - this is the program's last word
        sys.exit(error.exit_code)


def checked(config: "DictConfig") -> dict[str, Any]:
    """The resolved config of the running Hydra program, checked against its parts.

    Raises:
        UserError: A key, class or value is wrong.
    """
    from groklab.config.check import check
    from groklab.config.composition import running_origins

    return check(config, running_origins())


def _say(message: str) -> int:
    if os.environ.get("GROKLAB_TRACEBACK") == "1":
        traceback.print_exc()
    print(message, file=sys.stderr)  # noqa: T201 - this is the program's last word
    return 1
