"""How a stack's speed grows with the number of networks in it, and where it stops: a picture."""

import functools
import logging
import warnings
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import torch
from matplotlib import pyplot as plt
from torch import nn

from benchmarks.stacking import lone, stacked
from benchmarks.step_cost import part
from groklab.architectures.cnn import CNN
from groklab.architectures.mlp import MLP
from groklab.assembly import build_dataset
from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.data.prepared import ensure

PICTURE = Path("docs/pictures/stacking.svg")
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "MLP, 16 units": lambda: MLP(64, 10, width=16, depth=1),
    "MLP, 2 x 64 units": lambda: MLP(64, 10, width=64, depth=2),
    "MLP, 2 x 256 units": lambda: MLP(64, 10, width=256, depth=2),
    "CNN, 16 and 32 channels": lambda: CNN([1, 8, 8], 10),
}


def main() -> None:
    """Measure, print and draw."""
    torch.set_num_threads(1)
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    config = check(*compose_config(Path("conf"), ["experiment=digits_mlp"]))
    prepared = ensure(build_dataset(config), Path("data/prepared"))
    train, val = part(prepared, "train"), part(prepared, "val")
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    print("Speed of a step and network against the same fit alone, by the number of networks in the stack:\n")
    print(f"| network | {' | '.join(map(str, SIZES))} |\n|---|{'---|' * len(SIZES)}")
    for (name, make), marker in zip(NETWORKS.items(), "osD^", strict=True):
        measure = functools.partial(stacked, make, train=train, val=val, epochs=4)
        ratios = []
        for size in SIZES:
            alone = lone(make, train, val, epochs=4)
            ratios.append(alone / measure(size))
        print(f"| {name} | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |", flush=True)
        axes.plot(SIZES, ratios, marker=marker, label=name)
    axes.axhline(1, color="0.5", linewidth=1)
    axes.set_xscale("log", base=2)
    axes.set_xticks(SIZES, [str(size) for size in SIZES])
    axes.set_xlabel("networks in the stack")
    axes.set_ylabel("speed against one by one")
    axes.legend()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": "groklab"}):
        figure.savefig(PICTURE, metadata={"Date": None})
    print(f"\n{PICTURE}")


if __name__ == "__main__":
    main()
