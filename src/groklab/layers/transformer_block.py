"""One layer of a transformer."""

from collections.abc import Callable

from jaxtyping import Bool, Float
from torch import Tensor, nn

from groklab.layers.attention import SelfAttention


class TransformerBlock(nn.Module):
    """``x + drop(attention(norm(x)))``, then ``x + drop(W2 activation(W1 norm(x)))``.

    The norm stands before each part, so that the gradient finds a way through the sums and no warm-up is needed.

    Args:
        hidden_size: Features of a step.
        num_heads: Heads of attention; a divisor of ``hidden_size``.
        expansion: Units of the feed-forward part, as a multiple of ``hidden_size``.
        causal: Whether a step attends to itself and earlier ones alone.
        activation: Makes the activation.
        drop: Makes one dropout.

    Source: Xiong et al. (2020), ICML, section 3.1 and figure 1b.
    """

    def __init__(
        self,
        hidden_size: int,
        num_heads: int,
        *,
        expansion: int = 4,
        causal: bool = False,
        activation: Callable[[], nn.Module] = nn.ReLU,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(hidden_size)
        self.attention = SelfAttention(hidden_size, num_heads, causal=causal)
        self.attention_drop = drop()
        self.feedforward = nn.Sequential(
            nn.LayerNorm(hidden_size),
            nn.Linear(hidden_size, expansion * hidden_size),
            activation(),
            nn.Linear(expansion * hidden_size, hidden_size),
            drop(),
        )

    def forward(
        self, x: Float[Tensor, "batch time size"], valid: Bool[Tensor, "batch time"] | None = None
    ) -> Float[Tensor, "batch time size"]:
        """The next features of each step."""
        x = x + self.attention_drop(self.attention(self.attention_norm(x), valid))
        outputs: Tensor = x + self.feedforward(x)
        return outputs
