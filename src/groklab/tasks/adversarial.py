"""Adversarial learning: a generator against a discriminator."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, cast

import torch
from jaxtyping import Int64
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt
from pytorch_lightning import Callback
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from groklab.data.feed import Chunk
from groklab.data.scaling import Standardize
from groklab.errors import UserError
from groklab.tasks.adversarial_losses import AdversarialLoss
from groklab.tasks.content import Content
from groklab.tasks.gallery import Gallery
from groklab.tasks.latents import latents
from groklab.tasks.metrics import EpochMetrics
from groklab.tasks.opponent import Opponent, check_shapes
from groklab.tasks.sample_quality import SampleQuality
from groklab.tasks.step_seed import seed_step
from groklab.tasks.targets import targets_of
from groklab.tasks.task import Task
from groklab.tasks.within_range import WithinRange


class Adversarial(Task):
    """Trains a generator to draw what a discriminator, trained at the same time, takes for real.

    A step is one update of the generator, after ``discriminator_steps`` of the discriminator: the last on the step's
    own batch and draws, those before it on batches of the same call that chance chooses. The source is noise beside
    the class (generation: ``x`` are the real images, ``y`` their classes), or the image to enlarge (super-resolution:
    ``y`` are the real images).

    Args:
        network: The generator.
        loss: What both minimize over the discriminator's logits.
        opponent: The discriminator and how it is trained.
        kind: ``generation`` or ``super_resolution``.
        num_latents: Random numbers that an image is made of (generation).
        num_classes: Classes of the images; 1 takes them all for one.
        num_outputs: As in :class:`Supervised`.
        discriminator_steps: Updates of the discriminator in a step.
        adversarial_weight: Of the adversarial term in the generator's loss.
        pixel_weight: As in :class:`Content`, and so are the next two (super-resolution).
        pretrain_epochs: Epochs at the start in which the generator learns from its content terms alone.
        penalties: Terms of the generator's loss that depend on its weights alone, logged as ``penalty/<name>``.
        optimizer: Makes the generator's optimizer from its parameters.
        scheduler: Makes its learning-rate schedule from the optimizer; one step an epoch.
        constraints: Change its weights after each step.
        average: Makes a running average of the generator, which is then what is validated and kept.
        mixture: Changes what is enlarged and the real images together (super-resolution).
        target_scale: Of real images: what takes them from the data's units to the generator's.
        limits: Lowest and highest value of an image in the data's units.
        seed: Of what is random in a step.

    Raises:
        UserError: A loss is not finite, or parts do not fit each other.
    """

    def __init__(
        self,
        network: nn.Module,
        loss: AdversarialLoss,
        *,
        opponent: Opponent,
        kind: Literal["generation", "super_resolution"],
        num_latents: PositiveInt = 64,
        num_classes: PositiveInt = 1,
        num_outputs: PositiveInt = 1,
        discriminator_steps: PositiveInt = 1,
        adversarial_weight: NonNegativeFloat = 1.0,
        pixel_weight: NonNegativeFloat = 0.0,
        pixel_loss: Literal["l1", "mse"] = "l1",
        feature_weight: NonNegativeFloat = 0.0,
        pretrain_epochs: NonNegativeInt = 0,
        penalties: Mapping[str, nn.Module] | None = None,
        optimizer: Callable[[Iterable[nn.Parameter]], Optimizer] = torch.optim.Adam,
        scheduler: Callable[[Optimizer], LRScheduler] | None = None,
        constraints: Sequence[nn.Module] = (),
        average: Callable[[nn.Module], nn.Module] | None = None,
        mixture: nn.Module | None = None,
        target_scale: Standardize,
        limits: tuple[float, float] = (0.0, 255.0),
        seed: int = 0,
    ) -> None:
        super().__init__(network, kind=kind, seed=seed)
        self.draws = kind == "generation"  # from noise; else from the image to enlarge
        if self.draws and (pixel_weight or feature_weight or pretrain_epochs):
            raise ValueError("pixel_weight, feature_weight and pretrain_epochs need an image to compare with; set 0")
        if pretrain_epochs and not pixel_weight:
            raise ValueError(f"pretrain_epochs={pretrain_epochs} learns from pixels alone; give pixel_weight above 0")
        self.loss, self.opponent = loss, opponent
        self.num_latents, self.num_classes = num_latents, num_classes
        self.discriminator_steps, self.adversarial_weight = discriminator_steps, adversarial_weight
        self.content = Content(pixel_weight=pixel_weight, pixel_loss=pixel_loss, feature_weight=feature_weight)
        self.pretrain_epochs = pretrain_epochs
        self.penalties = nn.ModuleDict(penalties or {})
        self.make_optimizer, self.make_scheduler = optimizer, scheduler
        self.constraints = nn.ModuleList(constraints)
        self.average = average(network) if average else None
        self.mixture = mixture
        self.target_scale, self.limits = target_scale, limits
        self.quality = SampleQuality()
        self.targets = None if self.draws else targets_of(kind, target_scale)
        if self.targets is not None:
            self.val_metrics = EpochMetrics(self.targets.metrics(num_outputs))

    def configure_optimizers(self) -> Any:
        """Both optimizers and their schedules, which Lightning keeps in its checkpoints."""
        self._optimizer = self.make_optimizer(self.network.parameters())
        self._opposing = self.opponent.make_optimizer(self.opponent.network.parameters())
        pairs = ((self._optimizer, self.make_scheduler), (self._opposing, self.opponent.make_scheduler))
        return [optimizer for optimizer, _ in pairs], [make(optimizer) for optimizer, make in pairs if make]

    def configure_callbacks(self) -> list[Callback]:
        """What shows how the generator learns."""
        return [Gallery(num_latents=self.num_latents, num_classes=self.num_classes)] if self.draws else []

    @property
    def kept_network(self) -> nn.Module:
        """The generator, or its running average."""
        return self.network if self.average is None else cast(nn.Module, self.average.module)

    @property
    def networks(self) -> list[nn.Module]:
        """Both."""
        return [self.network, self.opponent.network]

    @property
    def monitors(self) -> list[str]:
        """What validation logs."""
        return [*super().monitors, *(f"val/{name}" for name in self.quality.names if self.draws)]

    def batch(self, x: Tensor, y: Tensor, *, seed: int | None = None) -> tuple[Tensor, Tensor, Int64[Tensor, " batch"]]:
        """The generator's source, real images and their classes."""
        if not self.draws:
            if self.mixture is not None and self.training:
                x, y = self.mixture(x, y)
            return x, y, torch.zeros(len(x), dtype=torch.long, device=x.device)
        return latents(y, num_latents=self.num_latents, num_classes=self.num_classes, seed=seed), x, y

    def on_fit_start(self) -> None:
        """Refuse batches in parts."""
        if self.accumulate_grad_batches != 1:
            raise UserError("trainer.accumulate_grad_batches: adversarial training takes batches whole; set 1")

    def training_step(self, chunk: Chunk, batch_idx: int) -> None:
        """One update of the generator for each batch of the chunk, after those of the discriminator."""
        rows = []
        for number, (x, y) in enumerate(zip(chunk.x, chunk.y, strict=True)):
            step = self.num_steps + number
            seed_step(self.seed, step, x.device)
            playing = self.current_epoch >= self.pretrain_epochs
            for _ in range(self.discriminator_steps - 1 if playing else 0):
                which = int(torch.randint(len(chunk.x), ()))
                source, real, classes = self.batch(chunk.x[which], chunk.y[which])
                with torch.no_grad():
                    fake = self.network(source)
                self._update_discriminator(real, fake, classes, step)
            source, real, classes = self.batch(x, y)
            fake = self.network(source)
            check_shapes(fake, real)
            opposing = self._update_discriminator(real, fake.detach(), classes, step) if playing else {}
            costs = {**self._update_generator(real, fake, classes, step, playing=playing), **opposing}
            rows.append(torch.stack([cost.detach() for cost in costs.values()]))
        self.count_steps(len(chunk.x))
        self.gather(list(costs), torch.stack(rows))

    def _update_discriminator(self, real: Tensor, fake: Tensor, classes: Tensor, step: int) -> dict[str, Tensor]:
        costs = self.opponent.costs(self.loss, real, fake, classes, step)
        self.descend(costs, self._opposing, self.opponent.network, step, named="discriminator.optimizer")
        for constraint in self.opponent.constraints:
            constraint(self.opponent.network, self._opposing.param_groups[0]["lr"])
        return costs

    def _update_generator(
        self, real: Tensor, fake: Tensor, classes: Tensor, step: int, *, playing: bool
    ) -> dict[str, Tensor]:
        self.opponent.still(True)
        costs = {} if self.draws else self.content(self.opponent.network, fake, real)
        if playing:
            logits = self.opponent.network(self.opponent.seen(fake), classes)
            costs["adversarial"] = self.adversarial_weight * self.loss.generator(logits)
        costs |= {f"penalty/{name}": penalty(self.network) for name, penalty in self.penalties.items()}
        self.descend(costs, self._optimizer, self.network, step, named="optimizer")
        self.opponent.still(False)
        for constraint in self.constraints:
            constraint(self.network, self._optimizer.param_groups[0]["lr"])
        if self.average is not None:
            cast(Any, self.average).update_parameters(self.network)
        return {"loss": torch.stack(list(costs.values())).sum(), **costs}

    def on_validation_epoch_start(self) -> None:
        """Start the sums anew."""
        self._val_loss, self._val_seen = torch.zeros((), device=self.device), 0

    def validation_step(self, chunk: Chunk, batch_idx: int) -> None:
        """The generator's loss, and how good what it draws is; the same noise in every epoch."""
        source, real, classes = self.batch(chunk.x[0], chunk.y[0], seed=batch_idx)
        fake = self.kept_network(source)
        self._val_loss += self.loss.generator(self.opponent.network(fake, classes)) * len(real)
        self._val_seen += len(real)
        if self.targets is None:
            self.quality.update(fake, real, classes)
        elif self.val_metrics:
            self.val_metrics.update_all(self.targets.rows(self.targets.kept(fake)), self.targets.rows(real))

    def on_validation_epoch_end(self) -> None:
        """Log the validation part's loss and metrics; say so when what is drawn is all alike."""
        values = {"val/loss": self._val_loss / self._val_seen, **self.val_metrics.read("val")}
        if self.draws:
            values |= {f"val/{name}": value for name, value in self.quality.read().items()}
            self.quality.watch(float(values["val/diversity"]), epoch=self.current_epoch)
        self.publish(values)

    def on_train_epoch_end(self) -> None:
        """Log the training part's losses and both learning rates, then step the schedules."""
        means = {"train/loss" if name == "loss" else name: value for name, value in self.means().items()}
        rates = {"lr": self.learning_rate(), "discriminator/lr": float(self._opposing.param_groups[0]["lr"])}
        self.publish({**means, **{name: torch.tensor(rate, dtype=torch.float64) for name, rate in rates.items()}})
        self.step_schedules()

    def learning_rate(self) -> float:
        """The generator's."""
        return float(self._optimizer.param_groups[0]["lr"])

    def tensor(self, y: Tensor) -> Tensor:
        """Classes, or real images as the generator draws them."""
        if self.targets is not None:
            return self.targets.tensor(y)
        return y.long() if self.num_classes > 1 else torch.zeros(len(y), dtype=torch.long)

    def example(self, x: Tensor) -> Tensor:
        """Noise and classes, or the images to enlarge."""
        return self.batch(x, torch.arange(len(x)) % self.num_classes, seed=0)[0] if self.draws else x

    def reading(self) -> nn.Module:
        """What turns the generator's images into the data's units."""
        if self.targets is not None:
            return self.targets.reading(self.loss)
        return WithinRange(self.target_scale, *self.limits)
