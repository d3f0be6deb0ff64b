"""Run the config of a run again, with changes: rerun.py RUN [key=value ...]."""

import sys
from pathlib import Path

from train import main as train

from groklab.app import run

_HELP = """{doc}

RUN is the id that training printed or its first digits, an experiment in models/, or a folder.

  python {program} 4f181785
  python {program} 4f181785 optimizer.lr=0.01 seed=3
  python {program} 4f181785 force=true     again from the start, though it is finished"""


def main() -> None:
    """Start pipelines/train.py on the run's own config."""
    name, *words = sys.argv[1:] or ["--help"]
    if {"--help", "-h"} & {name, *words}:
        print(_HELP.format(doc=__doc__, program=sys.argv[0]))
        return
    from groklab.rerunning import arguments

    sys.argv = [str(Path(__file__).with_name("train.py")), *arguments(name, words, root=Path())]
    train()


if __name__ == "__main__":
    run(main)
