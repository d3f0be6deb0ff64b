"""Train one experiment and score it; with -m, many."""

from typing import TYPE_CHECKING

import hydra
from omegaconf import DictConfig

from groklab.app import command, job, run, stackable

if TYPE_CHECKING:
    from groklab.outcome import Outcome


@hydra.main(version_base="1.3", config_path="../conf", config_name="config")
@stackable("groklab.repeats.steps_of")
def main(config: DictConfig) -> "Outcome | None":
    """Train what the config describes; print each run and its metrics file."""
    with job(config) as settings:
        if settings["preview"]:
            from groklab.launching.preview import preview_run

            return print(preview_run(settings))
        from groklab.repeats import train_repeats

        outcome = train_repeats(settings, command=command(settings))
        print(outcome)
        return outcome


if __name__ == "__main__":
    run(main)
