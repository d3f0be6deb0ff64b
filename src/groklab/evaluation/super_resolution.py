"""Scores of enlarged images."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from groklab.evaluation.evaluation import Evaluation, Row
from groklab.evaluation.predictions import Predictions
from groklab.layers.canvas import off_canvas
from groklab.layers.luma import luma

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]
_WHITE = 255.0
_SSIM_SIGMA, _SSIM_WINDOW = 1.5, 11  # pixels


class SuperResolution(Evaluation):
    """``psnr_y`` in dB, ``ssim_y`` and ``gradient_distance`` in grey levels a pixel, each the mean over the images.

    All three look at luma, 16 to 235 (:func:`groklab.layers.luma.luma`). What is scored has lost its edge of ``scale``
    pixels already: :class:`groklab.data.image_pairs.ImagePairs`.

    PSNR is ``10 log10(255^2 / mean squared error)``, infinite for the truth itself, which counts as undefined. The
    gradient distance says whether textures are as rough as the truth's, wherever they are: alone it is no measure of
    quality, for the blocks of nearest-neighbour enlargement are rough too.

    Source: PSNR of luma: Dong et al. (2016), section 4; SSIM: Wang, Bovik, Sheikh & Simoncelli (2004), IEEE Trans.
        Image Processing 13(4), section III-C, by scikit-image.
    """

    kind = "super_resolution"

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``texture``: how often gradients of each size are there, in the enlarged images and in the truth."""
        from groklab.evaluation.super_resolution_pictures import texture

        pairs = list(lumas(predictions.outputs, predictions.targets))
        sizes = [np.concatenate([gradients(pair[which]).ravel() for pair in pairs]) for which in (0, 1)]
        return {"texture": texture(sizes[0], sizes[1], num_images=len(pairs), split=predictions.split)}

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``images``: the scores of each."""
        rows: list[Row] = []
        for number, (said, truth) in enumerate(lumas(predictions.outputs, predictions.targets), start=1):
            rows.append(
                {"image": str(number), **{name: measure(said, truth) for name, measure in _OF_AN_IMAGE.items()}}
            )
        return {"images": rows}

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        return {name: _mean_of(measure) for name, measure in _OF_AN_IMAGE.items()}

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        smallest = min(min(truth.shape) for _, truth in lumas(predictions.outputs, predictions.targets))
        if smallest < _SSIM_WINDOW:
            return {"ssim_y": f"an image of the {predictions.split} split is smaller than its window of 11 pixels"}
        return {}


def lumas(outputs: Array, targets: Array) -> Iterator[tuple[Array, Array]]:
    """Luma of each enlarged image and of its truth, [height, width] each."""
    for said, truth in zip(off_canvas(outputs), off_canvas(targets), strict=True):
        yield luma(said), luma(truth)


def psnr(said: Array, truth: Array) -> float:
    """``10 log10(255^2 / mean squared error)``, in dB."""
    error = float(np.square(said - truth).mean())
    return float(10 * np.log10(_WHITE**2 / error)) if error else float("inf")


def ssim(said: Array, truth: Array) -> float:
    """Structural similarity with a Gaussian window of 11x11 pixels, sigma 1.5; 1 for equal images."""
    from skimage.metrics import structural_similarity

    found = structural_similarity(
        truth, said, data_range=_WHITE, gaussian_weights=True, sigma=_SSIM_SIGMA, use_sample_covariance=False
    )
    return float(found)


def gradients(image: Array) -> Array:
    """``sqrt(dx^2 + dy^2)`` of the differences to the next pixel, in grey levels a pixel, [height - 1, width - 1]."""
    down, right = np.diff(image, axis=0)[:, :-1], np.diff(image, axis=1)[:-1]
    return np.asarray(np.hypot(down, right))


def gradient_distance(said: Array, truth: Array) -> float:
    """Wasserstein distance of both distributions of gradients: mean difference of the sorted sizes; 0 if they agree."""
    return float(np.abs(np.sort(gradients(said), axis=None) - np.sort(gradients(truth), axis=None)).mean())


_OF_AN_IMAGE: dict[str, Callable[[Array, Array], float]] = {
    "psnr_y": psnr,
    "ssim_y": ssim,
    "gradient_distance": gradient_distance,
}


def _mean_of(measure: Callable[[Array, Array], float]) -> Callable[[Predictions], float]:
    return lambda given: float(np.mean([measure(*pair) for pair in lumas(given.outputs, given.targets)]))
