"""Reproduce the pipeline, independent stages side by side."""

import argparse
import logging

from groklab.app import run


def main() -> None:
    """Like dvc repro, with --jobs stages at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="stages at once (default: 1)")
    jobs = parser.parse_args().jobs
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    from groklab.launching.stages import reproduce, stage_graph

    reproduce(stage_graph(), jobs=max(1, jobs))


if __name__ == "__main__":
    run(main)
