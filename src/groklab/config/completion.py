"""What a config leaves to the data: sizes that only a look into a user's own files can tell."""

from typing import Any

from omegaconf import DictConfig, OmegaConf

from groklab.config.check import check_data
from groklab.config.origins import Origins

_FOUND = ("shape", "num_features", "num_outputs")


def complete(config: DictConfig, origins: Origins) -> DictConfig:
    """``config`` with the sizes of its data filled in where they are null; the data are prepared for it.

    Raises:
        UserError: The data part is wrong, or the data are.
    """
    data = config.get("data")
    if not isinstance(data, DictConfig) or not any(key in data and _is_null(data, key) for key in _FOUND):
        return config
    from groklab.experiment import prepared_data

    card = prepared_data({**check_data(config, origins), **_fold(config)}).card
    known: dict[str, Any] = {key: getattr(card, key) for key in _FOUND}
    completed = OmegaConf.merge(config, {"data": {key: known[key] for key in _FOUND if _is_null(data, key)}})
    assert isinstance(completed, DictConfig)
    return completed


def _fold(config: DictConfig) -> dict[str, int]:
    """The fold, whose training part may know other columns; nothing where it is not one number."""
    number, folds = config.get("fold"), config.get("folds")
    fits = type(number) is int and type(folds) is int and 0 <= number < folds
    return {"fold": number, "folds": folds} if fits else {}


def _is_null(data: DictConfig, key: str) -> bool:
    return not OmegaConf.is_missing(data, key) and not OmegaConf.is_interpolation(data, key) and data.get(key) is None
