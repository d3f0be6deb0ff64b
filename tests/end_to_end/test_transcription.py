"""A user's own sounds and transcripts, by config alone: train, another decoder, ask about a new sound."""

import csv
import io

import numpy as np
import pytest

from groklab.files import read_json
from tests.own_files import write_call, write_speech
from tests.programs import finish, result, train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("speech")
    overrides = [
        *write_speech(folder / "calls", count=120),
        *("regularizer=[batch_norm,spec_augment]", "regularizer.spec_augment.time_masks=1"),
        *("optimizer.lr=0.01", "trainer.max_epochs=25", "trainer.batch_size=16", "tracking=none", "name=calls"),
    ]
    return folder, overrides, result(folder, *overrides)


def test_it_learns_what_is_said(calls):
    _, _, run = calls
    metrics = read_json(run / "metrics.json")
    assert metrics["metrics"]["word_error_rate"] < 0.1
    assert {"word_error_rate", "character_error_rate", "sentence_error_rate"} == set(metrics["metrics"])
    assert set(metrics["baselines"]) == {"segmented_words"}
    for name in ("alignment.png", "edits.png", "errors_by_length.png", "learning_curves.png"):
        assert (run / "pictures" / name).stat().st_size > 1000


def test_another_decoder_scores_the_same_run_again(calls):
    folder, overrides, run = calls
    before = (run / "weights.safetensors").stat().st_mtime_ns, (run / "metrics.json").stat().st_mtime_ns
    assert result(folder, *overrides, "evaluation.decoder=greedy").resolve() == run.resolve()
    assert (run / "weights.safetensors").stat().st_mtime_ns == before[0]
    assert (run / "metrics.json").stat().st_mtime_ns > before[1]


def test_a_new_sound_is_answered_with_its_words(calls):
    folder, _, run = calls
    (folder / "new").mkdir()
    draw = np.random.default_rng(9)
    said = {"a.wav": ["high", "low"], "b.wav": ["mid"], "c.wav": ["low", "low", "high"]}
    for name, words in said.items():
        write_call(folder / "new" / name, words, draw)
    status, out, err = finish(train(folder, f"run={run.name}", "input=new", name="predict"))
    assert status == 0, err
    found = {row["example"]: row["transcript"].split() for row in csv.DictReader(io.StringIO(out))}
    assert found.keys() == said.keys()
    assert sum(found[name] == words for name, words in said.items()) >= 2


def test_the_network_goes_to_onnx(calls):
    folder, _, run = calls
    status, _, err = finish(train(folder, f"run={run.name}", "output=calls.onnx", name="export"))
    assert status == 0, err
    assert (folder / "calls.onnx").stat().st_size > 1000
