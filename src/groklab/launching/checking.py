"""A job's config, checked before the job is launched."""

from typing import Any

from omegaconf import OmegaConf

from groklab.config.check import check
from groklab.config.completion import complete
from groklab.config.composition import origins_of
from groklab.config.explain import explain
from groklab.errors import UserError
from groklab.launching.composing import Composer
from groklab.launching.job import Request


def settings_of(composer: Composer, request: Request) -> dict[str, Any]:
    """The job's config as it will be given to training: resolved and checked.

    Raises:
        UserError: It does not compose, or a key or value in it is wrong.
    """
    try:
        config = composer.job(request).config
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        raise UserError(message) from error
    origins = origins_of(config.hydra)
    own = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    return check(complete(own, origins), origins)
