"""Train one experiment and score it; with -m, many."""

import hydra
from omegaconf import DictConfig

from groklab.app import command, job, run


@hydra.main(version_base="1.3", config_path="../conf", config_name="config")
def main(config: DictConfig) -> None:
    """Train what the config describes; print the run and its metrics file."""
    with job(config) as settings:
        from groklab.experiment import train

        print(train(settings, command=command(settings)))


if __name__ == "__main__":
    run(main)
