"""Show the runs in a browser (``make ui``)."""

import os
import sys

from groklab.errors import UserError
from groklab.tracking.ui import parse, serve


def main() -> int:
    """Serve until Ctrl-C."""
    try:
        serve(parse(sys.argv[1:]))
    except UserError as error:
        if os.environ.get("GROKLAB_TRACEBACK") == "1":
            raise
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
