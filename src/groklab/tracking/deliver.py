"""The courier process: ``python -m groklab.tracking.deliver``.

It ends once its input has ended, or the process that started it has, and each run is delivered or was tried
once more in vain; at the latest a fixed time after that. Its one line of output is a JSON report.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from groklab.tracking.inbox import Inbox
from groklab.tracking.store import quiet_environment

_NICENESS = 15


def main(argv: list[str]) -> int:
    """Deliver until told to end; 0 if all was delivered."""
    parser = argparse.ArgumentParser(prog="python -m groklab.tracking.deliver", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of mlflow.db where no server is named")
    parser.add_argument("--experiment-name", required=True, help="MLflow experiment that lists the runs")
    parser.add_argument("--deadline-s", type=float, default=120.0, help="longest life after the input's end")
    arguments = parser.parse_args(argv)
    os.nice(_NICENESS)
    quiet_environment()
    inbox = Inbox(deadline_s=arguments.deadline_s)
    from groklab.tracking.rounds import Rounds

    report = Rounds(inbox, arguments.root, arguments.experiment_name).run()
    print(json.dumps(report), flush=True)  # noqa: T201 -- read by the process that started this one
    return 1 if report["undelivered"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
