"""Prepare one data set: clean it, split it by content, describe it in a data card."""

import hydra
from omegaconf import DictConfig

from groklab.app import job, run


@hydra.main(version_base="1.3", config_path="../conf", config_name="config")
def main(config: DictConfig) -> None:
    """Write data/prepared/<name>/ of data=NAME."""
    with job(config) as settings:
        from groklab.experiment import prepare

        print(f"prepared {prepare(settings)}")


if __name__ == "__main__":
    run(main)
