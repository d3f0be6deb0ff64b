"""Self-attention of several heads."""

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention


class SelfAttention(nn.Module):
    """``softmax(Q K' / sqrt(d)) V`` in each of ``num_heads`` heads of ``d = hidden_size / num_heads``, then affine.

    Args:
        hidden_size: Features of a step.
        num_heads: Heads; a divisor of ``hidden_size``.
        causal: Whether a step attends to itself and earlier ones alone.

    Raises:
        ValueError: ``num_heads`` does not divide ``hidden_size``.

    Source: Vaswani et al. (2017), NeurIPS, sections 3.2.1 and 3.2.2.
    """

    def __init__(self, hidden_size: int, num_heads: int, *, causal: bool = False) -> None:
        super().__init__()
        if hidden_size % num_heads:
            raise ValueError(f"num_heads={num_heads} does not divide hidden_size={hidden_size}; give a divisor")
        self.num_heads, self.causal = num_heads, causal
        self.project = nn.Linear(hidden_size, 3 * hidden_size)
        self.output = nn.Linear(hidden_size, hidden_size)

    def forward(
        self, x: Float[Tensor, "batch time size"], valid: Bool[Tensor, "batch time"] | None = None
    ) -> Float[Tensor, "batch time size"]:
        """What each step gathers; where ``valid`` is given, from valid steps alone (it does not join ``causal``)."""
        query, key, value = self.project(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        mask = None if valid is None else valid[:, None, None, :]
        gathered = scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=self.causal)
        outputs: Tensor = self.output(gathered.transpose(1, 2).flatten(2))
        return outputs
