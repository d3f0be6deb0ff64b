"""Deliver what is in runs/ and multirun/ and not in MLflow yet (``make sync``)."""

import os
import sys

from groklab.errors import UserError
from groklab.tracking.sync import parse, sync


def main() -> int:
    """Deliver and say how much there was."""
    try:
        print(sync(*parse(sys.argv[1:])))
    except UserError as error:
        if os.environ.get("GROKLAB_TRACEBACK") == "1":
            raise
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
