"""Reproduce the pipeline, independent stages side by side."""

import argparse
import logging
import os
from pathlib import Path

from groklab.app import run


def main() -> None:
    """Like dvc repro, with --jobs stages at once; a second one waits for the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="stages at once (default: 1)")
    parser.add_argument("--dir", type=Path, default=Path(), help="folder of the dvc.yaml (default: here)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    from groklab.launching.stages import alone, reproduce, stage_graph

    os.chdir(arguments.dir)
    with alone():
        reproduce(stage_graph(), jobs=max(1, arguments.jobs))


if __name__ == "__main__":
    run(main)
