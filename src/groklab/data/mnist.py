"""The MNIST digits, from their original files."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np

from groklab.data.dataset import DataSet, Raw
from groklab.data.sources import Url, fetch
from groklab.errors import UserError

_HOST = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_FILES = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}


class MNIST(DataSet):
    """70,000 handwritten digits, 28x28 grey levels in 0..255, as uint8.

    The test part of 10,000 is the source's; validation is drawn from its training part of 60,000.

    Source: LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86(11).
    """

    kind = "classification"
    licence = "CC BY-SA 3.0"
    citation = (
        "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), Gradient-based learning applied to document "
        "recognition, Proceedings of the IEEE 86(11), https://doi.org/10.1109/5.726791"
    )

    def load(self) -> Raw:
        """Images and the digit of each."""
        files = [fetch("mnist", name, sources=[Url(_HOST + name, (hash_,))]) for name, hash_ in _FILES.items()]
        images, labels, test_images, test_labels = (read_idx(file.path) for file in files)
        return Raw(
            np.concatenate([images, test_images])[:, None],
            np.concatenate([labels, test_labels]).astype(np.int64),
            split=np.repeat(["", "test"], [len(images), len(test_images)]),
            class_names=[str(digit) for digit in range(10)],
            source=", ".join(file.source for file in files),
            source_sha256=", ".join(file.sha256 for file in files),
        )


def read_idx(path: Path) -> np.ndarray[Any, Any]:
    """The array of bytes in a gzipped IDX file: two zeros, type 8, rank, sizes as big-endian int32, then the bytes.

    Raises:
        UserError: It is no such file.
    """
    content = gzip.decompress(path.read_bytes())
    start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:start], ">i4")
    if content[:3] != b"\0\0\x08" or len(content) - start != shape.prod():
        raise UserError(f"{path}: is no IDX file of bytes; get it again from its source")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
