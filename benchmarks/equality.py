"""Stacks against fits by themselves: the largest difference over networks, regularizers, optimizers and backends."""

import itertools
import logging
import tempfile
import warnings
from pathlib import Path

import torch

from tests.stacking.fits import NETWORKS, OPTIMIZERS, REGULARIZERS, distance, request, same, stacked

EPOCHS, SEEDS, LOOKED_AT = 2, (0, 1, 2), 1
COMPILED = (("none", "l1, l2", "mixup"), ("sgd", "adam"))  # what is compiled is the gradient: seconds for each network


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    combinations = len(REGULARIZERS) * len(OPTIMIZERS)
    print(
        f"Largest difference of a weight to that of the same fit alone, relative to the largest of its tensor, after "
        f"{EPOCHS} epochs, over {combinations} combinations of {len(REGULARIZERS)} regularizers and {len(OPTIMIZERS)} "
        "optimizers (compiled: 3 and 2); and whether a stack of one and a stack of three ended in the same bits:\n"
    )
    print("| network | backend | double precision | single precision | the same bits in stacks of 1 and 3 |")
    print("|---|---|---|---|---|")
    for network, backend in itertools.product(NETWORKS, ("vmap", "loop", "compiled")):
        if backend != "compiled" or "dropout" not in network:  # whose random numbers do not compile
            print(f"| {network} | {backend} | {_row(network, backend)} |", flush=True)


def _row(network: str, backend: str) -> str:
    regularizers, optimizers = COMPILED if backend == "compiled" else (REGULARIZERS, OPTIMIZERS)
    largest = {"64-true": 0.0, "32-true": 0.0}
    equal = total = 0
    for regularizer, optimizer, precision in itertools.product(regularizers, optimizers, largest):
        case = {"network": network, "regularizer": regularizer, "optimizer": optimizer, "precision": precision}
        case |= {"max_epochs": EPOCHS, "lr": 0.003}
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            three = stacked([request(place / "three", seed, **case) for seed in SEEDS], backend)[LOOKED_AT]
            (one,) = stacked([request(place / "one", SEEDS[LOOKED_AT], **case)], backend)
            alone = request(place / "alone", SEEDS[LOOKED_AT], **case).alone()
        largest[precision] = max(largest[precision], distance(three, alone))
        equal += same(three, one)
        total += 1
    return f"{largest['64-true']:.1e} | {largest['32-true']:.1e} | {equal} of {total}"


if __name__ == "__main__":
    main()
