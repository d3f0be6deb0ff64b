"""Batch normalization, for any number of axes."""

from typing import Annotated, ClassVar

from pydantic import Field, PositiveFloat, PositiveInt
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm


class BatchNorm(_BatchNorm):
    """Normalizes each feature (axis 1) over the batch and every later axis, then scales and shifts it.

    In evaluation the running mean and variance of training are used. It fills an architecture's ``norm`` slot.

    Args:
        num_features: Size of axis 1.
        momentum: Weight of the newest batch in the running statistics, 0 < momentum <= 1.
        eps: Added to the variance.

    Raises:
        ValueError: In training, a batch holds one value per feature.

    Source: Ioffe & Szegedy (2015), ICML, algorithms 1 and 2.
    """

    slot: ClassVar[str] = "norm"

    def __init__(
        self,
        num_features: PositiveInt,
        *,
        momentum: Annotated[float, Field(gt=0, le=1)] = 0.1,
        eps: PositiveFloat = 1e-5,
    ) -> None:
        super().__init__(num_features, eps=eps, momentum=momentum)

    def _check_input_dim(self, input: Tensor) -> None:  # noqa: A002 - torch's own name
        if input.ndim < 2:
            raise ValueError(f"batch norm needs [batch, features, ...], got shape {list(input.shape)}")
