"""No tracking: the run's folder is all there is."""

from pathlib import Path


class NoTracking:
    """Leaves runs where they are; ``make sync`` can still deliver them later."""

    def start(self, run_folder: Path) -> None:
        """Nothing is delivered."""

    def finish(self) -> None:
        """Nothing to wait for."""
