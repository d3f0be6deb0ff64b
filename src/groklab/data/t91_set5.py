"""The images on which small super-resolution networks are trained and compared: T91 and Set5."""

import numpy as np

from groklab.data.content import Content
from groklab.data.dataset import Raw
from groklab.data.image_pairs import ImagePairs, in_one_array, photograph
from groklab.data.sources import Url, fetch

_HOST = "http://mmlab.ie.cuhk.edu.hk/projects/SRCNN/"
_T91 = Content(r"(?:.+/)?(tt?\d+\.bmp)", "a0650b24564bf5928a18eae0f33bdd0132bd4d69b918e09ae3e3954943a5e917")
_SET5 = Content(r"(?:.+/)?Set5/([a-z]+_GT\.bmp)", "182f07f3f06e1d9f50e6d72946b0fee603769f37cfe4eae50715db3e0fd01ee0")
_ARCHIVES = {
    "T91.tar.xz": (["SRCNN_train.zip"], _T91, ""),
    "Set5.tar.xz": (["SRCNN_v1.zip", "SRCNN_train.zip"], _SET5, "test"),
}


class T91Set5(ImagePairs):
    """91 images of 78x78 to 436x351 pixels to learn from, two of them the same, and five for the test.

    Validation is drawn from the 91. Both archives are known by the fingerprint of their images, not by their packaging.

    Source: Yang, Wright, Huang & Ma (2010), IEEE Trans. Image Processing 19(11); Bevilacqua, Roumy, Guillemot &
        Alberi-Morel (2012), BMVC; as Dong, Loy, He & Tang (2014), SRCNN, give them.
    """

    licence = "research"
    citation = (
        "J. Yang, J. Wright, T. Huang and Y. Ma (2010), Image super-resolution via sparse representation, IEEE "
        "Transactions on Image Processing 19(11), https://doi.org/10.1109/TIP.2010.2050625; M. Bevilacqua, A. Roumy, "
        "C. Guillemot and M.-L. Alberi-Morel (2012), Low-complexity single-image super-resolution based on nonnegative "
        "neighbor embedding, BMVC"
    )

    def load(self) -> Raw:
        """The images in colour; Set5 is the test part.

        Raises:
            UserError: No source has the right bytes.
        """
        images, parts, files = [], [], []
        for name, (packed, content, part) in _ARCHIVES.items():
            files.append(fetch("sr", name, sources=[Url(_HOST + archive, (content,)) for archive in packed]))
            found = [photograph(image) for _, image in sorted(content.read(files[-1].path))]
            images += found
            parts += [part] * len(found)
        return Raw(
            in_one_array(images),
            np.zeros(len(images), np.int64),
            split=np.array(parts),
            source=", ".join(file.source for file in files),
            source_sha256=", ".join(file.sha256 for file in files),
        )
