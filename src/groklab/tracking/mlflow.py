"""Tracking by MLflow, from a process of its own."""

from pathlib import Path

from groklab.coordinator import coordinator
from groklab.tracking.courier import courier


class MLflow:
    """Hands run folders to the courier, which mirrors them into MLflow while training goes on.

    The server is ``MLFLOW_TRACKING_URI``, else ``mlflow.db`` in the working folder. A server that is down or
    hangs costs no step and loses nothing: ``make sync`` delivers what is missing.

    Args:
        experiment_name: MLflow experiment that lists the runs.
        close_timeout_s: Longest wait for what is still to be delivered, at the end of the process, in
            seconds.
    """

    def __init__(self, *, experiment_name: str = "groklab", close_timeout_s: float = 30.0) -> None:
        self.experiment_name = experiment_name
        self.close_timeout_s = close_timeout_s

    def start(self, run_folder: Path) -> None:
        """Have ``runs/<id>`` followed from now on; returns at once and never fails.

        In a job of a multirun the process that started it delivers for all jobs.
        """
        if by := coordinator():
            by.follow(self.experiment_name, self.close_timeout_s, run_folder)
        else:
            courier(self.experiment_name, close_timeout_s=self.close_timeout_s).follow(run_folder)

    def finish(self) -> None:
        """The run is over: what is left of it travels beside the next run, or as the process ends."""
