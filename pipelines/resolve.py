"""Compose every experiment of a folder, and every data set they use, into resolved/, checked."""

import argparse
import os
from pathlib import Path

from groklab.app import run


def main() -> None:
    """Write <output>/<experiment>.yaml and <output>/data/<name>.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", default="", help="folder in conf/experiment (default: the top one alone)")
    parser.add_argument("--output", type=Path, default=Path("resolved"), help="folder to write (default: %(default)s)")
    arguments = parser.parse_args()
    from groklab.config.resolution import resolve_all

    conf = Path(os.path.relpath(Path(__file__).resolve().parent.parent / "conf"))
    number = resolve_all(conf, arguments.output, arguments.experiments)
    print(f"resolved {number} configs into {arguments.output}/")


if __name__ == "__main__":
    run(main)
