"""Jobs with their configs, composed and kept as they are: what is edited later changes no job that was asked for."""

import copy
from pathlib import Path
from typing import Any

from hydra._internal.config_repository import CachingConfigRepository
from omegaconf import DictConfig, open_dict

from groklab.launching.job import Job, Request


class _Kept(CachingConfigRepository):
    """Reads every file once; Hydra copies its repository for each composition, and this one stays."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Kept":
        return self


class Composer:
    """Composes the jobs of one multirun from the files as they were when first read.

    Args:
        loader: Hydra's loader of the program's config.
        config: The multirun's own config.
        sweep: Name of its folder.
    """

    def __init__(self, loader: Any, config: DictConfig, *, sweep: str) -> None:
        self._loader = loader
        if not isinstance(self._loader.repository, _Kept):
            self._loader.repository = _Kept(self._loader.repository)
        self._config, self._sweep = config, sweep

    def job(self, request: Request) -> Job:
        """The job that is asked for.

        Raises:
            HydraException: They do not compose.
        """
        config = self._loader.load_sweep_config(self._config, list(request.overrides))
        with open_dict(config):
            config.hydra.job.id = str(request.number)
            config.hydra.job.num = request.number
            config.hydra.sweep.dir = self._config.hydra.sweep.dir
            config.hydra.sweep.subdir = request.folder or "${hydra.job.num}"
        folder = Path(str(config.hydra.sweep.dir)) / (request.folder or str(config.hydra.sweep.subdir))
        return Job(
            request.number, request.overrides, request.varied, copy.deepcopy(config), self._sweep, folder / "job.log"
        )
