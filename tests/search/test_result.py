"""What a search leaves behind."""

import json

import optuna

from groklab.files import write_json
from groklab.launching.job import Ended
from groklab.search.parts import Samplers
from groklab.search.result import Record
from groklab.search.space import parse_space
from groklab.search.trials import Trials

SPACE = parse_space(["lr=interval(0.0,1.0)", "width=interval(0.0,1.0)"], None)
RANDOM = {"_target_": "optuna.samplers.RandomSampler", "seed": None}
COMMAND = "python pipelines/train.py -m search=lr publish=true"


def searched(folder, *values, published_as):
    """A search whose trials had ``values``, written to ``folder``; what it wrote there."""
    samplers = Samplers(RANDOM, SPACE.distributions, seed=0)
    study = optuna.create_study()
    trials = Trials(study, SPACE, samplers, objectives=["val/loss"], n_trials=len(values), max_failure_rate=1.0)
    write_json(folder / "status.json", {"command": COMMAND})
    record = Record(folder, trials)
    for value in values:
        request = record.ask()
        record.told(request, Ended(request.number, "FINISHED", value=value))
    record.write(None, published_as=published_as, choices=set())
    return json.loads((folder / "search.json").read_text())


def test_what_is_published_is_what_was_found_with_its_command_and_without_times(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = searched(tmp_path / "multirun" / "s", 0.5, 0.25, 0.75, 1.0, published_as="digits")
    published = json.loads((tmp_path / "searches" / "digits.json").read_text())
    assert published.pop("command") == COMMAND
    for trial in found["trials"]:
        assert trial.pop("duration_s") >= 0
    assert published == found


def test_the_shares_of_the_parameters_sum_to_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shares = searched(tmp_path / "s", 0.5, 0.25, 0.75, 1.0, published_as=None)["importance"]
    assert shares.keys() == {"lr", "width"}
    assert abs(sum(shares.values()) - 1) < 1e-9
    assert not (tmp_path / "searches").exists()


def test_of_few_trials_or_equal_values_no_importance_is_known(tmp_path):
    assert searched(tmp_path / "few", 0.5, 0.25, published_as=None)["importance"] == {}
    assert searched(tmp_path / "equal", *[0.5] * 5, published_as=None)["importance"] == {}
