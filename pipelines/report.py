"""Stage report: the pipeline outputs -> reports/index.html, one file that works offline."""

import argparse
from pathlib import Path

from groklab.app import run


def main() -> None:
    """Write the page; a broken input ends it with one line and status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(), help="folder of the pipeline outputs (default: here)")
    parser.add_argument("--output", type=Path, default=Path("reports/index.html"), help="default: %(default)s")
    arguments = parser.parse_args()
    from groklab.report.page import write_report  # after --help, which need not wait for matplotlib

    write_report(arguments.root, arguments.output)
    print(f"report {arguments.output}")


if __name__ == "__main__":
    run(main)
