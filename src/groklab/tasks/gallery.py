"""What a generator draws from the same noise as it learns."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from torch import Tensor

from groklab.files import atomic_file
from groklab.tasks.latents import arcs, latents

SAMPLES = "samples.npz"
_MOST_CLASSES, _WITHOUT_CLASSES, _STEPS = 10, 10, 9


class Gallery(Callback):
    """Draws one image a class and an arc from one draw to another, of the same noise each time.

    It does so after epochs 1, 2, 4, 8, ... and the last, and writes them at the end of the fit: ``samples.npz`` in its
    folder holds ``epochs`` [n], ``images`` [n, columns, channels, height, width] and ``arcs`` of the last class [n,
    steps, channels, height, width], in the data's units. Checkpoints hold them too, so that a resumed fit has them all.

    Args:
        num_latents: As the generator's.
        num_classes: As the generator's.
    """

    def __init__(self, *, num_latents: int, num_classes: int) -> None:
        self.num_latents, self.num_classes = num_latents, num_classes
        self.images: dict[int, Tensor] = {}
        self.arcs: dict[int, Tensor] = {}

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draw if it is time; the network is in evaluation."""
        epoch = trainer.current_epoch + 1
        if epoch & (epoch - 1) == 0 or epoch == trainer.max_epochs:
            columns = min(self.num_classes, _MOST_CLASSES) if self.num_classes > 1 else _WITHOUT_CLASSES
            classes = torch.arange(columns, device=pl_module.device) % self.num_classes
            form = {"num_latents": self.num_latents, "num_classes": self.num_classes}
            arc = arcs(classes[-1:], **form, steps=_STEPS, seeds=(2, 3))[0]
            with torch.no_grad():
                self.images[epoch] = pl_module(latents(classes, **form, seed=0)).float().cpu()
                self.arcs[epoch] = pl_module(arc).float().cpu()

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write them."""
        if self.images:
            epochs = sorted(self.images)
            images, between = (torch.stack([of[epoch] for epoch in epochs]).numpy() for of in (self.images, self.arcs))
            with atomic_file(Path(trainer.default_root_dir) / SAMPLES) as file:
                np.savez(file, allow_pickle=False, epochs=np.array(epochs), images=images, arcs=between)

    def state_dict(self) -> dict[str, Any]:
        """The images so far."""
        return {"images": self.images, "arcs": self.arcs}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take them up again."""
        self.images, self.arcs = dict(state_dict["images"]), dict(state_dict["arcs"])
