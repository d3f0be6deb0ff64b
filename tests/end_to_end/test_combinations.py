"""Every architecture with every regularizer, and every other choice: one quick batch, or a refusal."""

import importlib
import inspect

import pytest
import yaml

from groklab.assembly import build_dataset, build_fit, build_regularizers, build_task
from groklab.config.check import check
from groklab.config.completion import complete
from groklab.config.composition import compose_config
from groklab.data.prepared import ensure
from groklab.errors import UserError
from groklab.fitting import tensors
from tests.own_files import write_own_files
from tests.programs import ROOT

CONF = ROOT / "conf"
QUICK = ["trainer=debug", "tracking=none"]


def options(group):
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


DATA = {
    "recurrent": "texts",
    "text_cnn": "texts",
    "transformer": "texts",
    "molecule": "texts",
    "recurrent_decoder": "language",
    "transformer_decoder": "language",
    "decomposition_linear": "series",
    "recurrent_forecaster": "series",
    "srcnn": "photographs",
    "espcn": "photographs",
    "srresnet": "photographs",
    "anchor_free_detector": "boxes",
    "conv_recurrent": "speech",
    "dcgan_generator": "drawn",
}
DRAWN = ["task=generation", "loss=non_saturating", "architecture=dcgan_generator", "discriminator=dcgan"]
PHOTOGRAPHS = [
    *("data=photographs", "data.shape=[3,8,8]", "data.num_features=192", "data.stride=40"),
    *("task=super_resolution", "loss=mae"),
]
KINDS = {
    "language": "language",
    "series": "regression",
    "photographs": "super_resolution",
    "boxes": "detection",
    "speech": "transcription",
}  # else classification


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Overrides by form of the data; digits need none."""
    return {"digits": [], "drawn": DRAWN, "photographs": PHOTOGRAPHS, **write_own_files(tmp_path_factory.mktemp("own"))}


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    root, count = tmp_path_factory.mktemp("quick"), iter(range(10_000))

    def one_batch(*overrides):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(root)
            config, origins = compose_config(CONF, [*QUICK, *overrides])
            config = check(complete(config, origins), origins)
            prepared = ensure(build_dataset(config), root / "data" / "prepared")
        regularizers = build_regularizers(config, prepared.card)
        task = build_task(config, prepared.card, regularizers)
        folder = root / str(next(count))
        folder.mkdir()
        data = (tensors(prepared, split, task) for split in ("train", "val"))
        return build_fit(config).fit(task, *data, folder=folder, procedures=regularizers.procedures)

    return one_batch


@pytest.mark.parametrize("name", options("experiment"))
def test_every_experiment_fits(fit, name):
    try:
        assert fit(f"experiment={name}").num_steps == 1
    except UserError as error:
        if "could be had from no source" not in str(error):
            raise
        pytest.skip(str(error))


VARIED = ("data.train_fraction=0.5", "data.label_noise=0.2", "data.shuffle_pixels=true")


@pytest.mark.parametrize("architecture", ["mlp", "cnn"])
def test_a_varied_data_set_fits(fit, architecture):
    assert fit(f"architecture={architecture}", *VARIED).num_steps == 1


def test_a_generator_refuses_shuffled_pixels(fit):
    with pytest.raises(UserError, match=r"^data\.shuffle_pixels=True: a generator .*; leave it false$"):
        fit(*DRAWN, "data.shuffle_pixels=true")


def obstacle(architecture, regularizer, form):
    """Why a regularizer makes no sense there, by what both say of themselves; None where it does."""
    (node,) = (yaml.safe_load((CONF / "regularizer" / f"{regularizer}.yaml").read_text()) or {"none": None}).values()
    target = yaml.safe_load((CONF / "architecture" / f"{architecture}.yaml").read_text())["_target_"]
    part, slots = class_of(node["_target_"]) if node else None, inspect.signature(class_of(target)).parameters
    slot, wanted = getattr(part, "slot", None), getattr(part, "inputs", None)
    images = ("numbers", "images")
    if slot in ("gradient", "weight_form"):
        return "it is for a discriminator"
    has = {
        "digits": images,
        "drawn": images,
        "photographs": images,
        "boxes": images,
        "series": ("frames",),
        "speech": ("frames",),
    }.get(form, ("tokens",))
    if (kind := KINDS.get(form, "classification")) not in getattr(part, "kinds", (kind,)):
        return "is for"
    if wanted not in (None, *has):
        return f"is for {wanted}"
    if slot in ("norm", "drop") and slot not in slots:
        return f"has no place for a {slot} layer"
    if form == "drawn" and slot in ("input", "batch", "loss"):
        return "a generator has no"
    if slot == "loss" and form in ("series", "photographs", "boxes", "speech"):
        return "has no classes"
    return None


def class_of(target):
    module, _, name = target.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("regularizer", options("regularizer"))
@pytest.mark.parametrize("architecture", options("architecture"))
def test_every_architecture_fits_with_every_regularizer_or_says_that_it_cannot(fit, own, architecture, regularizer):
    form = DATA.get(architecture, "digits")
    overrides = (f"architecture={architecture}", f"regularizer=[{regularizer}]", *own[form])
    why = obstacle(architecture, regularizer, form)
    if why is None:
        assert fit(*overrides).num_steps == 1
    else:
        with pytest.raises(UserError, match=why):
            fit(*overrides)


@pytest.mark.parametrize("regularizer", options("regularizer"))
def test_every_regularizer_fits_a_discriminator_or_says_that_it_cannot(fit, regularizer):
    (node,) = (yaml.safe_load((CONF / "regularizer" / f"{regularizer}.yaml").read_text()) or {"none": None}).values()
    part = class_of(node["_target_"]) if node else None
    overrides = (*DRAWN, f"regularizer@discriminator.regularizer=[{regularizer}]")
    if getattr(part, "inputs", "images") not in ("numbers", "images") or "classification" not in getattr(
        part, "kinds", ("classification",)
    ):
        with pytest.raises(UserError, match="is for"):
            fit(*overrides)
    elif getattr(part, "slot", None) in ("batch", "loss", "average") or regularizer == "early_stopping":
        with pytest.raises(UserError, match="has no place in a discriminator"):
            fit(*overrides)
    else:
        assert fit(*overrides).num_steps == 1


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        (["task=generation"], "add discriminator=dcgan"),
        (["discriminator=dcgan"], "the task classification has no use for one"),
        ([*DRAWN, "data=diabetes"], "the task is generation"),
        ([*DRAWN, "architecture=mlp"], "choose architecture=dcgan_generator"),
        ([*DRAWN, "data=mnist5k", "task.num_classes=10", "architecture.image_shape=[1,30,28]"], "multiples of 4"),
        ([*DRAWN, "+task.pixel_weight=1.0"], "need an image to compare with"),
        ([*DRAWN, "trainer.accumulate_grad_batches=4"], "takes batches whole"),
        ([*DRAWN, "discriminator=patch"], "sees no classes"),
        ([*PHOTOGRAPHS, "task=srgan", "architecture=espcn"], "add discriminator=patch"),
        (
            [*PHOTOGRAPHS, "task=srgan", "loss=relativistic", "architecture=espcn", "discriminator=dcgan"],
            "choose discriminator=patch",
        ),
    ],
)
def test_a_game_that_makes_no_sense_is_refused_with_the_mend(fit, overrides, hint):
    with pytest.raises(UserError, match=hint):
        fit(*overrides)


def test_a_list_of_all_that_suit_images_fits(fit):
    suiting = [name for name in options("regularizer") if name != "none" and not obstacle("cnn", name, "digits")]
    assert len(suiting) > 10
    assert fit("architecture=cnn", f"regularizer=[{','.join(suiting)}]").num_steps == 1


@pytest.mark.parametrize("group", ["activation", "optimizer", "scheduler"])
def test_every_activation_optimizer_and_schedule_fits(fit, group):
    for option in options(group):
        assert fit(f"{group}={option}", f"scheduler={option if group == 'scheduler' else 'cosine'}").num_steps == 1


@pytest.mark.parametrize("loss", options("loss"))
def test_every_loss_fits_one_kind_of_task_and_is_refused_by_the_others(fit, own, loss):
    kinds = {
        "classification": [],
        "regression": ["data=diabetes", "task=regression"],
        "language": [*own["language"], "architecture=recurrent_decoder"],
        "super_resolution": [*PHOTOGRAPHS, "architecture=espcn"],
        "detection": own["boxes"],
        "transcription": [*own["speech"], "architecture=conv_recurrent"],
        "generation": DRAWN,
    }
    adversarial = dict.fromkeys(
        ("non_saturating", "hinge", "least_squares", "relativistic", "wasserstein"), "generation"
    )
    right = {**adversarial, "next_token": "language", "focal_iou": "detection", "ctc": "transcription"}.get(
        loss, "classification" if "entropy" in loss else "regression"
    )
    for kind, overrides in kinds.items():
        if kind == right or (kind, right) == ("super_resolution", "regression"):
            assert fit(*overrides, f"loss={loss}").num_steps == 1
        else:
            with pytest.raises(UserError, match="choose loss="):
                fit(*overrides, f"loss={loss}")


@pytest.mark.parametrize("option", ["accumulate_grad_batches=4", "gradient_clip_val=0.1", "precision=bf16-mixed"])
def test_every_way_of_stepping_fits(fit, option):
    assert fit(f"trainer.{option}").num_steps == 1


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        (["data=breast_cancer", "architecture=cnn"], "architecture=mlp"),
        (["data=diabetes"], "task=regression loss=mse"),
        (["data=digits", "architecture=recurrent"], "choose"),
        (["task=regression", "loss=mse"], "task=classification loss=cross_entropy"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_mend(fit, overrides, hint):
    with pytest.raises(UserError, match=hint):
        fit(*overrides)
