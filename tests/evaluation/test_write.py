import csv

from groklab.evaluation.classification import Classification
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.regression import Regression
from groklab.evaluation.write import write_predictions, write_results
from tests.evaluation.examples import drawn_classes, drawn_values

LOG = [{"step": 3, "epoch": 0, "time_ms": 1, "metrics": {"train/loss": 0.1, "lr": 1e-3}}]


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(folder, evaluation, predictions, **more):
    write_results(
        folder / "pictures",
        folder / "plots",
        evaluation=evaluation,
        predictions=predictions,
        names=None,
        **more,
    )
    return contents(folder)


def test_the_same_input_gives_the_same_bytes(tmp_path):
    first, second = (
        write(tmp_path / name, Classification(), drawn_classes(30, 3), log=LOG, best_epoch=0) for name in "ab"
    )
    assert first == second
    assert set(first) == {
        "pictures/calibration.png",
        "pictures/confusion_matrix.png",
        "pictures/learning_curves.png",
        "plots/confusion_matrix.csv",
        "plots/curves.csv",
    }
    assert first["plots/curves.csv"] == b"step,epoch,lr,train/loss\n3,0,0.001,0.1\n"


def test_without_a_log_there_are_no_curves(tmp_path):
    assert set(write(tmp_path, Regression(), drawn_values(9, 1))) == {
        "pictures/predicted_vs_actual.png",
        "pictures/residuals.png",
        "plots/residuals.csv",
    }


def test_a_plot_tells_the_values_exactly(tmp_path):
    given = drawn_values(9, 1)
    write(tmp_path, Regression(), given)
    with open(tmp_path / "plots" / "residuals.csv", newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["actual"]) for row in read] == given.targets[:, 0].tolist()
    assert [float(row["predicted"]) for row in read] == given.outputs[:, 0].tolist()


def test_the_predictions_of_all_lie_side_by_side(tmp_path):
    write_predictions(tmp_path, drawn_classes(6, 3), baselines={"majority": drawn_classes(6, 3, seed=1)})
    assert set(contents(tmp_path)) == {"test.npz", "baseline_majority.npz"}
    assert Predictions.load(tmp_path / "baseline_majority.npz").num_examples == 6
