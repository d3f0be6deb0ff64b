"""What an experiment may change of any data set: less to train on, wrong labels, pixels out of place."""

from typing import Annotated, TypedDict

from pydantic import Field

Share = Annotated[float, Field(gt=0, le=1)]
Noise = Annotated[float, Field(ge=0, lt=1)]


class Variation(TypedDict, total=False):
    """The arguments of :class:`DataSet` that a subclass with a constructor of its own only hands on.

    It takes them as ``**variation: Unpack[Variation]``, which belongs to the schema of its YAML.
    """

    train_fraction: Share
    label_noise: Noise
    shuffle_pixels: bool
