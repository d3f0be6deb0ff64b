"""Where stacks do not pay: whole multiruns by hydra/launcher=stack beside the same by hydra/launcher=local."""

from collections.abc import Callable

from benchmarks.search import multirun, workplace
from benchmarks.table import interleave, show

RATES = "optimizer.lr=0.0005,0.001,0.002,0.003,0.004,0.005,0.006,0.008"
CASES = {
    "8 CNNs of 28x28 pixels, 3 epochs": ("experiment=mnist5k_cnn", "trainer.max_epochs=3", RATES),
    "8 LSTMs over words, 1 epoch": ("experiment=movie_snippets_lstm", "trainer.max_epochs=1", RATES),
    "8 perceptrons, 2 x 512 units, batches of 256": (
        "experiment=mnist5k_mlp",
        "architecture.width=512",
        "trainer.batch_size=256",
        "trainer.max_epochs=10",
        RATES,
    ),
    "64 small perceptrons, 20 epochs": ("experiment=digits_mlp", "trainer.max_epochs=20", "seed=range(64)"),
}


def main() -> None:
    """Measure and print."""
    for name, words in CASES.items():
        print(f"\n{name}:\n", flush=True)
        ways: dict[str, Callable[[], float]] = {
            launcher: lambda launcher=launcher, words=words: command(f"hydra/launcher={launcher}", *words)
            for launcher in ("local", "stack")
        }
        show(interleave(ways, rounds=3), unit="seconds", scale=1.0, reference="local")


def command(*words: str) -> float:
    """Seconds of the whole command, in an empty folder."""
    with workplace() as folder:
        return multirun(folder, *words)


if __name__ == "__main__":
    main()
