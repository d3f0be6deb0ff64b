"""Batch normalization whose result for one fit does not depend on how many are beside it."""

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm
from torch.nn.modules.batchnorm import _BatchNorm


class StackedBatchNorm(nn.Module):
    """As torch's batch norm; of single numbers [batch, features] by the equations themselves.

    For these torch works on several features at once, and the features of all fits lie side by side: what is left over
    at the end would be rounded in another way.

    Args:
        like: The layer that it stands for; it takes its parameters and buffers.

    Raises:
        ValueError: It keeps no running statistics, or a plain mean of them.

    Source: Ioffe & Szegedy (2015), ICML, algorithms 1 and 2.
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    weight: Tensor
    bias: Tensor

    def __init__(self, like: _BatchNorm) -> None:
        super().__init__()
        if like.momentum is None or not (like.affine and like.track_running_stats):
            raise ValueError("a batch norm without its own scale or running statistics")
        self.momentum, self.eps = like.momentum, like.eps
        for name, parameter in like.named_parameters():
            self.register_parameter(name, parameter)
        for name, buffer in like.named_buffers():
            self.register_buffer(name, buffer)

    def forward(self, x: Tensor) -> Tensor:
        """Normalized over the batch and every axis after the features."""
        if self.training:
            self.num_batches_tracked.add_(1)
        if x.ndim > 2 or not self.training:
            statistics = (self.running_mean, self.running_var)
            return batch_norm(x, *statistics, self.weight, self.bias, self.training, self.momentum, self.eps)
        if len(x) < 2:
            raise ValueError(f"Expected more than 1 value per channel when training, got input size {list(x.shape)}")
        variance, mean = torch.var_mean(x, dim=0, correction=0)
        with torch.no_grad():
            self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
            unbiased = variance * (len(x) / (len(x) - 1))
            self.running_var.mul_(1 - self.momentum).add_(self.momentum * unbiased)
        return (x - mean) * torch.rsqrt(variance + self.eps) * self.weight + self.bias
