"""Stage verdicts: the evidence of all claims -> claims/*.json and docs/claims.md, judged together."""

import argparse
from pathlib import Path

from groklab.app import run


def main() -> None:
    """Write the verdicts; a broken input ends it with one line and status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evidence", type=Path, default=Path("evidence"), help="folder to read (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("claims"), help="folder to write (default: %(default)s)")
    parser.add_argument(
        "--page", type=Path, default=Path("docs/claims.md"), help="page to write (default: %(default)s)"
    )
    arguments = parser.parse_args()
    from groklab.claims.gathering import tally, write_verdicts  # after --help, which need not wait for scipy

    records = write_verdicts(arguments.evidence, arguments.output, arguments.page)
    print(f"{len(records)} claims: {tally(records)}")


if __name__ == "__main__":
    run(main)
