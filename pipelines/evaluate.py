"""Score a trained experiment and its baselines on the test part."""

import hydra
from omegaconf import DictConfig

from groklab.app import job, run


@hydra.main(version_base="1.3", config_path="../conf", config_name="config")
def main(config: DictConfig) -> None:
    """From models/<name>/, write metrics/, predictions/, plots/ and pictures/ of the experiment."""
    with job(config) as settings:
        from groklab.experiment import evaluate

        print(evaluate(settings))


if __name__ == "__main__":
    run(main)
