"""Text from a language model, one token after the other."""

from collections.abc import Sequence

import torch
from torch import nn

from groklab.seeds import derive

_SPECIAL = 2  # padding and the unknown token are never drawn


def generate(
    network: nn.Module,
    prompt: Sequence[int],
    *,
    num_tokens: int,
    context: int,
    vocabulary: int,
    temperature: float = 0.8,
    seed: int = 0,
) -> list[int]:
    """Draw ``num_tokens`` tokens after ``prompt``: each from softmax(logits / temperature) given those before it.

    Args:
        network: Tokens [1, length] -> logits [1, length, tokens].
        prompt: Token numbers to begin with, one or more.
        num_tokens: How many to draw.
        context: How many of the latest tokens the network sees.
        vocabulary: Token numbers that are in use.
        temperature: 1 draws as the network believes, less makes the likely likelier, 0 always takes the likeliest.
        seed: Of the draws.
    """
    generator = torch.Generator().manual_seed(derive(seed, "generate"))
    tokens = list(prompt)
    network.eval()
    with torch.inference_mode():
        for _ in range(num_tokens):
            logits = network(torch.tensor([tokens[-context:]], dtype=torch.int32))[0, -1, _SPECIAL:vocabulary]
            if temperature == 0:
                drawn = int(logits.argmax())
            else:
                drawn = int(torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator))
            tokens.append(drawn + _SPECIAL)
    return tokens[len(prompt) :]
