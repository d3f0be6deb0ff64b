"""What differs between two runs, or two multiruns: config, code, data, environment, metrics."""

import argparse
import json
from pathlib import Path

from groklab.app import run


def main() -> None:
    """Print the differences."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("A", "B"):
        parser.add_argument(
            name, help="run id or its first digits, experiment in models/, multirun's name, or a folder"
        )
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    from groklab.comparing.compare import compare

    comparison = compare(arguments.A, arguments.B, root=Path())
    print(json.dumps(comparison.describe(), indent=2, ensure_ascii=False) if arguments.json else comparison)


if __name__ == "__main__":
    run(main)
