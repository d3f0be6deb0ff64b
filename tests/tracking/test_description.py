from groklab.tracking.description import parameters, results, tags

from .folders import make_run, set_status


def test_parameters_are_dotted_and_a_list_is_one_value(tmp_path):
    fitting = parameters(make_run(tmp_path)).fitting
    assert fitting["architecture.widths"] == "[128, 64]"
    assert fitting["optimizer.lr"] == "0.001"
    assert fitting["name"] == "digits_mlp"


def test_no_parameter_is_cut(tmp_path):
    wanted = parameters(make_run(tmp_path, long={"text": "x" * 6001, "fits": "x" * 6000}))
    assert wanted.in_full == {"long.text": "x" * 6001}
    assert wanted.fitting["long.fits"] == "x" * 6000


def test_tags_name_the_run_and_give_its_command(tmp_path):
    folder = make_run(tmp_path)
    said = tags(folder)
    assert said["groklab.run"] == folder.name
    assert said["mlflow.runName"] == "digits_mlp-a1b2c3"
    assert said["mlflow.source.git.commit"] == "0" * 40
    assert "python pipelines/train.py experiment=digits_mlp" in said["mlflow.note.content"]
    assert said["groklab.undefined.auroc"] == "no member of class 2"


def test_a_secret_on_the_command_line_is_in_no_tag(tmp_path):
    folder = make_run(tmp_path)
    set_status(folder, "FAILED", command="train.py data.token=canary", error="http://u:canary@h failed")
    assert "canary" not in str(tags(folder))


def test_results_leave_out_what_is_undefined(tmp_path):
    numbers = results(make_run(tmp_path))
    assert numbers["test/accuracy"] == 0.75
    assert numbers["baseline/majority/accuracy"] == 0.5
    assert numbers["best/val/loss"] == 0.5
    assert numbers["cost/num_parameters"] == 15
    assert "test/auroc" not in numbers
    assert "cost/device" not in numbers
