import pytest
import torch
from torch import nn

from groklab.data.scaling import Standardize
from groklab.errors import UserError
from groklab.regularizers.weight_average import WeightAverage
from groklab.tasks.adversarial import Adversarial
from groklab.tasks.adversarial_losses import NonSaturating, Wasserstein
from groklab.tasks.content import Content
from groklab.tasks.gallery import SAMPLES
from groklab.tasks.latents import arcs, latents
from groklab.tasks.opponent import Opponent
from groklab.training.fit import Fit

SHAPE = (1, 2, 2)


class Generator(nn.Module):
    def __init__(self, num_inputs=5):
        super().__init__()
        self.layer = nn.Linear(num_inputs, 4)

    def forward(self, x):
        return self.layer(x).tanh().unflatten(1, SHAPE)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def features(self, images):
        return [images.flatten(1)]

    def forward(self, images, classes):
        return self.layer(images.flatten(1)).squeeze(1)


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1)


def game(discriminator=None, **more):
    torch.manual_seed(0)
    network = more.pop("network", None) or Generator()
    opponent = more.pop("opponent", None) or Opponent(discriminator or Discriminator(), optimizer=sgd)
    loss, scale = more.pop("loss", NonSaturating()), Standardize([0.0], [1.0])
    arguments = {"kind": "generation", "num_latents": 3, "num_classes": 2, "optimizer": sgd, **more}
    return Adversarial(network, loss, opponent=opponent, target_scale=scale, **arguments)


def data(num=12):
    torch.manual_seed(1)
    return torch.rand(num, *SHAPE) * 2 - 1, torch.arange(num) % 2


def fit(task, folder, **more):
    folder.mkdir(exist_ok=True)
    settings = {"max_epochs": 2, "batch_size": 4, "accelerator": "cpu", "batches_per_call": 2, **more}
    return Fit(**settings).fit(task, data(), data(8), folder=folder)


def test_a_step_is_one_update_of_the_generator_whatever_the_discriminator_does(tmp_path):
    fitted = fit(game(discriminator_steps=3), tmp_path)
    assert fitted.num_steps == 6  # 12 examples, batches of 4, two epochs


class Counting(Discriminator):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, images, classes):
        self.calls += self.training
        return super().forward(images, classes)


def test_the_discriminator_learns_so_often_a_step(tmp_path):
    discriminator = Counting()
    fit(game(discriminator, discriminator_steps=3), tmp_path, max_epochs=1)
    assert discriminator.calls == 3 * (3 * 2 + 1)  # three steps: real and drawn three times, once for the generator


def test_both_learn_and_both_rates_and_losses_are_logged(tmp_path):
    task = game()
    before = [network.layer.weight.clone() for network in task.networks]
    fitted = fit(task, tmp_path)
    assert all(not torch.equal(old, network.layer.weight) for old, network in zip(before, task.networks, strict=True))
    assert {"train/loss", "discriminator/loss", "lr", "discriminator/lr"} <= set(fitted.best["metrics"])
    assert {"val/loss", "val/frechet_pixels", "val/diversity"} <= set(fitted.best["metrics"])


def test_the_discriminator_takes_no_gradient_of_the_generators_step(tmp_path):
    class Still(Discriminator):
        def forward(self, images, classes):
            if images.requires_grad:
                assert not self.layer.weight.requires_grad
            return super().forward(images, classes)

    fit(game(Still()), tmp_path, max_epochs=1)


def test_one_step_worked_by_hand():
    """D(x) = w x, G draws the constant b: Wasserstein moves w by lr (mean real - b), then b by lr w."""

    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.b = nn.Parameter(torch.tensor(0.5))

        def forward(self, x):
            return self.b.expand(len(x), 1, 1, 1)

    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.tensor(2.0))

        def forward(self, images, classes):
            return self.w * images.flatten(1).squeeze(1)

    task = game(network=Constant(), opponent=Opponent(Scale(), optimizer=sgd), loss=Wasserstein())
    task.configure_optimizers()
    real, fake = torch.full((4, 1, 1, 1), 1.5), task.network(torch.zeros(4, 5))
    classes = torch.zeros(4, dtype=torch.long)
    task._update_discriminator(real, fake.detach(), classes, 0)
    assert task.opponent.network.w.item() == pytest.approx(2.0 + 0.1 * (1.5 - 0.5))
    task._update_generator(real, fake, classes, 0, playing=True)
    assert task.network.b.item() == pytest.approx(0.5 + 0.1 * 2.1)
    assert task.opponent.network.w.requires_grad


def test_the_average_is_what_is_kept(tmp_path):
    task = game(average=lambda network: WeightAverage(network, decay=0.5))
    fitted = fit(task, tmp_path, weights="last")
    assert torch.equal(fitted.weights["layer.weight"], task.average.module.layer.weight)
    assert not torch.equal(fitted.weights["layer.weight"], task.network.layer.weight)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(tmp_path):
    runs = [fit(game(seed=seed), tmp_path / str(n)).weights["layer.weight"] for n, seed in enumerate([0, 0, 1])]
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


def test_a_fit_that_goes_on_ends_as_one_that_was_not_stopped(tmp_path):
    whole = fit(game(discriminator_steps=2), tmp_path / "whole", max_epochs=4, weights="last")
    fit(game(discriminator_steps=2), tmp_path / "parts", max_epochs=2, checkpoint_every_s=0)
    parts = fit(game(discriminator_steps=2), tmp_path / "parts", max_epochs=4, weights="last")
    assert torch.equal(whole.weights["layer.weight"], parts.weights["layer.weight"])
    assert whole.best == parts.best
    assert (tmp_path / "whole" / SAMPLES).read_bytes() == (tmp_path / "parts" / SAMPLES).read_bytes()


class Nan(nn.Module):
    def forward(self, discriminator, real, fake, classes, step):
        return torch.tensor(float("nan"))


def test_a_loss_that_is_not_finite_names_the_optimizer_to_blame(tmp_path):
    opponent = Opponent(Discriminator(), optimizer=sgd, gradient_penalties={"nan": Nan()})
    with pytest.raises(UserError, match=r"the loss became nan at step 0 .* Try discriminator\.optimizer\.lr=0\.01"):
        fit(game(opponent=opponent), tmp_path)
    with pytest.raises(UserError, match=r"Try optimizer\.lr=0\.01"):
        fit(game(penalties={"nan": nan_penalty()}), tmp_path)


def nan_penalty():
    class Cost(nn.Module):
        def forward(self, network):
            return torch.tensor(float("nan"))

    return Cost()


def test_what_belongs_to_pairs_is_refused_where_there_are_none():
    with pytest.raises(ValueError, match="need an image to compare with"):
        game(pixel_weight=1.0)


def test_batches_in_parts_are_refused(tmp_path):
    with pytest.raises(UserError, match="accumulate_grad_batches"):
        fit(game(), tmp_path, accumulate_grad_batches=2)


def test_images_of_another_shape_are_refused(tmp_path):
    class Larger(Generator):
        def forward(self, x):
            return torch.cat([super().forward(x)] * 2, dim=3)

    with pytest.raises(UserError, match=r"are \[1, 2, 4\], the data's \[1, 2, 2\]"):
        fit(game(network=Larger()), tmp_path)


def test_latents_are_noise_beside_a_one_in_the_column_of_the_class():
    rows = latents(torch.tensor([2, 0]), num_latents=4, num_classes=3, seed=1)
    assert rows.shape == (2, 7)
    assert rows[:, 4:].tolist() == [[0, 0, 1], [1, 0, 0]]
    assert torch.equal(rows, latents(torch.tensor([2, 0]), num_latents=4, num_classes=3, seed=1))


def test_an_arc_leads_from_one_draw_to_another_of_the_class_and_is_as_long_as_noise_in_between():
    classes, form = torch.tensor([2, 0]), {"num_latents": 400, "num_classes": 3}
    rows = arcs(classes, **form, steps=5, seeds=(2, 3))
    assert rows.shape == (2, 5, 403)
    for step, seed in ((0, 2), (4, 3)):
        torch.testing.assert_close(rows[:, step], latents(classes, **form, seed=seed))
    assert (rows[..., 400:] == torch.tensor([[0.0, 0, 1], [1, 0, 0]])[:, None]).all()
    assert (abs(rows[..., :400].square().mean(-1) - 1) < 0.2).all()  # the middle of the chord would have 1/2


def test_content_worked_by_hand():
    fake, real = torch.zeros(2, *SHAPE), torch.full((2, *SHAPE), 2.0)
    costs = Content(pixel_weight=0.5, pixel_loss="mse", feature_weight=3.0)(Discriminator(), fake, real)
    assert {name: cost.item() for name, cost in costs.items()} == {"content/pixel": 2.0, "content/features": 6.0}
    assert Content(pixel_weight=1.0)(Discriminator(), fake, real)["content/pixel"].item() == 2.0


class Enlarge(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.3))

    def forward(self, x):
        return self.weight * x.repeat_interleave(2, 2).repeat_interleave(2, 3)


def test_an_image_to_enlarge_is_a_source_too_and_pixels_alone_teach_at_first(tmp_path):
    task = game(network=Enlarge(), kind="super_resolution", pixel_weight=1.0, pretrain_epochs=2)
    before = task.opponent.network.layer.weight.clone()
    x = torch.rand(12, 1, 1, 1)
    pairs = (x, x.expand(12, *SHAPE).clone())
    settings = {"batch_size": 4, "accelerator": "cpu"}
    (tmp_path / "pixels").mkdir()
    (tmp_path / "both").mkdir()
    fitted = Fit(max_epochs=2, **settings).fit(task, pairs, pairs, folder=tmp_path / "pixels")
    assert torch.equal(before, task.opponent.network.layer.weight)
    assert task.network.weight.item() > 0.3  # on its way to 1
    assert "content/pixel" in fitted.best["metrics"]
    playing = game(network=Enlarge(), kind="super_resolution", pixel_weight=1.0, pretrain_epochs=1)
    Fit(max_epochs=2, **settings).fit(playing, pairs, pairs, folder=tmp_path / "both")
    assert not torch.equal(before, playing.opponent.network.layer.weight)
