import json

import pytest

from groklab.errors import UserError
from groklab.report.gather import gather

from .outputs import write_outputs


def test_every_experiment_with_metrics_or_a_model_is_there(tmp_path):
    write_outputs(tmp_path)
    (tmp_path / "models" / "unfinished").mkdir()
    names = [experiment.name for experiment in gather(tmp_path).experiments]
    assert names == ["breast_cancer_mlp", "diabetes_mlp", "digits_cnn", "unfinished"]


def test_a_whole_experiment_has_no_notes_and_a_partial_one_says_what_it_lacks(tmp_path):
    partial, *whole = gather(write_outputs(tmp_path)).experiments
    assert [experiment.notes for experiment in whole] == [(), ()]
    for missing in ("status.json", "training log", "pictures", "data card", "config.yaml"):
        assert missing in " ".join(partial.notes)


def test_verdicts_follow_the_predictions(tmp_path):
    verdicts = {e.name: e.comparison.verdict for e in gather(write_outputs(tmp_path)).experiments}
    assert verdicts == {"breast_cancer_mlp": "open", "diabetes_mlp": "behind", "digits_cnn": "ahead"}


def test_a_failed_run_and_a_stranger_s_metrics_are_said(tmp_path):
    path = write_outputs(tmp_path) / "models" / "digits_cnn" / "status.json"
    status = json.loads(path.read_text())
    path.write_text(json.dumps(status | {"status": "FAILED", "error": "loss is nan", "run": "ffff"}))
    notes = " ".join(gather(tmp_path).experiments[-1].notes)
    assert "FAILED: loss is nan" in notes
    assert "are of run 1f2e3d4c5b6a7988, the model is of run ffff" in notes


def test_a_picture_that_is_none_is_left_out_and_named(tmp_path):
    (write_outputs(tmp_path) / "pictures" / "digits_cnn" / "odd.png").write_text("<svg>")
    experiment = gather(tmp_path).experiments[-1]
    assert [picture.name for picture in experiment.pictures] == ["calibration", "confusion_matrix"]
    assert "odd.png is not a PNG" in " ".join(experiment.notes)


@pytest.mark.parametrize("file", ["status.json", "best.json", "cost.json", "config.yaml", "log.jsonl"])
def test_a_broken_file_is_named(tmp_path, file):
    path = write_outputs(tmp_path) / "models" / "digits_cnn" / file
    path.write_text("[1, {\n")
    with pytest.raises(UserError, match=file):
        gather(tmp_path)


def test_the_data_name_cannot_leave_the_folder_of_cards(tmp_path):
    path = write_outputs(tmp_path) / "models" / "digits_cnn" / "config.yaml"
    path.write_text("data: {name: ../../metrics}\n")
    assert gather(tmp_path).experiments[-1].card is None


def test_what_a_reader_should_know_of_a_baseline_is_noted(tmp_path):
    path = write_outputs(tmp_path) / "metrics" / "digits_cnn.json"
    noted = json.loads(path.read_text()) | {"notes": {"logistic_regression": ["did not converge; raise its max_iter"]}}
    path.write_text(json.dumps(noted))
    (note,) = gather(tmp_path).experiments[-1].notes
    assert note == "Baseline logistic_regression: did not converge; raise its max_iter."


def test_the_card_beside_the_model_is_read_where_the_pipeline_prepared_none(tmp_path):
    path = write_outputs(tmp_path) / "data" / "prepared" / "digits" / "card.json"
    path.rename(tmp_path / "models" / "digits_cnn" / "card.json")
    assert gather(tmp_path).experiments[-1].card.name == "digits"
