"""Stage report: the pipeline outputs -> reports/index.html, one file that works offline."""

import argparse
import os
import sys
from pathlib import Path

from groklab.errors import UserError


def main() -> None:
    """Write the page; a broken input ends it with one line and status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(), help="folder of the pipeline outputs (default: here)")
    parser.add_argument("--output", type=Path, default=Path("reports/index.html"), help="default: %(default)s")
    arguments = parser.parse_args()
    from groklab.report.page import write_report  # after --help, which need not wait for matplotlib

    try:
        write_report(arguments.root, arguments.output)
    except UserError as error:
        if os.environ.get("GROKLAB_TRACEBACK") == "1":
            raise
        sys.exit(str(error))
    print(f"report {arguments.output}")


if __name__ == "__main__":
    main()
