"""Photographs to enlarge, from the files of scikit-image and scikit-learn."""

import numpy as np

from groklab.data.dataset import Raw
from groklab.data.image_pairs import ImagePairs, in_one_array, photograph
from groklab.data.sources import Package, fetch

_FILES = {
    "astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "camera.png": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
    "chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "coins.png": "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
    "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    "motorcycle_left.png": "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179",
    "page.png": "341a6f0a61557662b02734a9b6e56ec33a915b2c41886b97509dedf2a43b47a3",
    "rocket.jpg": "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    "text.png": "bd84aa3a6e3c9887850d45d606c96b2e59433fbef50338570b63c319e668e6d1",
    "china.jpg": "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
    "flower.jpg": "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
}
_OF_SCIKIT_LEARN = ("china.jpg", "flower.jpg")


class Photographs(ImagePairs):
    """14 photographs, seven of them grey, of 172x448 to 500x741 pixels.

    They are all that both packages carry but what is drawn, blurred by motion, or seen through a microscope or a
    telescope or in an eye; of two views of one motorcycle the left one.

    Source: scikit-image's and scikit-learn's example images.
    """

    licence = "public domain or CC0; the motorcycle: none stated; china and flower: CC BY 2.0"
    citation = (
        "S. van der Walt et al. (2014), scikit-image: image processing in Python, PeerJ 2:e453, "
        "https://doi.org/10.7717/peerj.453; the motorcycle: D. Scharstein et al. (2014), High-resolution stereo "
        "datasets with subpixel-accurate ground truth, GCPR; china and flower: danielbuechele and vultilion on Flickr"
    )

    def load(self) -> Raw:
        """The photographs in colour."""
        files = [fetch("photographs", name, sources=[_package(name, hash_)]) for name, hash_ in _FILES.items()]
        images = [photograph(file.path.read_bytes()) for file in files]
        return Raw(
            in_one_array(images),
            np.zeros(len(images), np.int64),
            source=", ".join(file.source for file in files),
            source_sha256=", ".join(file.sha256 for file in files),
            rules=["A grey photograph has its one channel three times."],
        )


def _package(name: str, hash_: str) -> Package:
    if name in _OF_SCIKIT_LEARN:
        return Package("scikit-learn", f"sklearn/datasets/images/{name}", (hash_,))
    return Package("scikit-image", f"skimage/data/{name}", (hash_,))
