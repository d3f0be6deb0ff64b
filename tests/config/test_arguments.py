"""What the command line may set although no YAML names it, and what it may not."""

import pytest
from hydra.errors import ConfigCompositionException

from groklab.config.arguments import arguments_at
from groklab.config.check import check
from groklab.config.composition import compose_config
from tests.programs import ROOT

CONF = ROOT / "conf"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["data.label_noise=0.2"], 0.2),
        (["data=breast_cancer", "data.train_fraction=0.5"], 0.5),
        (["optimizer.amsgrad=true"], True),
        (["optimizer=sgd", "optimizer.maximize=true"], True),
        (["activation=elu", "activation.inplace=true"], True),
        (["baseline.logistic_regression.fit_intercept=false"], False),
        (["experiment=mnist5k_gan", "discriminator.optimizer.amsgrad=true"], True),
    ],
    ids=lambda words: words[-1] if isinstance(words, list) else "",
)
def test_a_defaulted_argument_of_a_part_is_set_as_one_in_its_yaml(words, value):
    node = check(*compose_config(CONF, words))
    for key in words[-1].partition("=")[0].split("."):
        node = node[key]
    assert node == value


@pytest.mark.parametrize(
    "word",
    ["data.label_nois=0.2", "optimizer.params=[]", "architecture.norm=1", "label_noise=0.2", "data.a.b=1", "x.y=1"],
)
def test_any_other_key_is_left_to_be_refused(word):
    with pytest.raises(ConfigCompositionException, match="Could not override"):
        compose_config(CONF, [word])


def test_there_are_arguments_only_where_a_part_stands():
    config, _ = compose_config(CONF, ["regularizer=[l2]"])
    assert "strength" in arguments_at(config, ["regularizer", "l2"])
    for path in ([], ["regularizer"], ["optimizer", "betas"], ["seed"], ["discriminator", "optimizer"], ["nothing"]):
        assert arguments_at(config, path) == []
