"""How good drawn images are, cheaply enough for every epoch, and whether they are all alike."""

import logging

import numpy as np
import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor

from groklab.layers.manifold import frechet_distance

COLLAPSED = 0.2  # less of the data's variance than this is no variety
_MOST_COMPONENTS, _PATIENCE = 32, 3
_log = logging.getLogger(__name__)

Images = Float[Tensor, "images *shape"]


class SampleQuality:
    """``frechet_pixels`` and ``diversity`` of drawn images beside real ones of the same classes.

    ``frechet_pixels`` is the Frechet distance of both in the first principal components of the real ones' pixels, of
    the range -1..1; it sees no detail, so it tells epochs of a run apart and not much more. ``diversity`` is the
    variance of pixels within a class, drawn over real: 1 is right, near 0 each class is one image.
    """

    names = ("frechet_pixels", "diversity")

    def __init__(self) -> None:
        self._seen: list[tuple[Tensor, Tensor, Tensor]] = []
        self._alike = 0

    def start(self) -> None:
        """Forget what was seen."""
        self._seen = []

    def update(self, fake: Images, real: Images, classes: Int64[Tensor, " images"]) -> None:
        """Take in some images."""
        self._seen.append((fake.detach().flatten(1).cpu(), real.detach().flatten(1).cpu(), classes.cpu()))

    def watch(self, diversity: float, *, epoch: int) -> None:
        """Say so when what is drawn has been all alike for some epochs; a running average starts slowly."""
        self._alike = self._alike + 1 if diversity < COLLAPSED else 0
        if self._alike == _PATIENCE:
            _log.warning(
                "epoch %d: the generator has collapsed: within a class its images vary %.0f %% as much as the data; "
                "lower optimizer.lr, or add regularizer@discriminator.regularizer=[r1,spectral_norm]",
                epoch + 1,
                100 * diversity,
            )

    def read(self) -> dict[str, Tensor]:
        """The values by name; then start anew. One image alone has none."""
        fake, real, classes = (torch.cat(parts).double().numpy() for parts in zip(*self._seen, strict=True))
        self.start()
        if len(real) < 2:
            return {name: torch.tensor(float("nan")) for name in self.names}
        center = real.mean(0)
        _, _, components = np.linalg.svd(real - center, full_matrices=False)
        basis = components[: min(_MOST_COMPONENTS, len(real) - 1)].T
        values = (
            frechet_distance((fake - center) @ basis, (real - center) @ basis),
            spread(fake, classes) / max(spread(real, classes), 1e-12),
        )
        return {name: torch.tensor(value, dtype=torch.float64) for name, value in zip(self.names, values, strict=True)}


def spread(rows: Float[np.ndarray, "images numbers"], classes: Shaped[np.ndarray, " images"]) -> float:
    """Variance within classes, summed over numbers and averaged over images."""
    within = (rows[classes == which] for which in np.unique(classes))
    return float(sum(of_one.var(0).sum() * len(of_one) for of_one in within)) / len(rows)
