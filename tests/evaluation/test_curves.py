from groklab.evaluation.curves import curve_rows, learning_curves
from groklab.evaluation.drawing import png


def line(epoch: int, **metrics: float) -> dict:
    named = {name.replace("__", "/"): value for name, value in metrics.items()}
    return {"step": 10 * (epoch + 1), "epoch": epoch, "time_ms": 0, "metrics": named}


def test_a_row_for_each_epoch_with_every_metric():
    log = [line(0, train__loss=2.0), line(1, train__loss=1.0, val__loss=3.0)]
    assert curve_rows(log) == [
        {"step": 10, "epoch": 0, "train/loss": 2.0, "val/loss": None},
        {"step": 20, "epoch": 1, "train/loss": 1.0, "val/loss": 3.0},
    ]
    assert curve_rows([]) == []


def test_an_epoch_logged_again_counts_once():
    log = [line(0, lr=1.0), line(1, lr=2.0), line(1, lr=3.0)]
    assert [row["lr"] for row in curve_rows(log)] == [1.0, 3.0]


def test_both_losses_the_gap_and_the_best_epoch_are_drawn():
    rows = curve_rows([line(epoch, train__loss=1 / (epoch + 1), val__loss=1.0) for epoch in range(5)])
    axes = learning_curves(rows, best_epoch=3).axes[0]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["generalization gap", "training", "validation", "weights of epoch 3"]
    assert axes.get_yscale() == "linear"


def test_losses_that_span_orders_of_magnitude_are_drawn_on_a_logarithm():
    figure = learning_curves(curve_rows([line(0, train__loss=9.0), line(1, train__loss=0.1)]), best_epoch=None)
    assert figure.axes[0].get_yscale() == "log"
    assert "log scale" in figure.axes[0].get_ylabel()
    assert png(figure).startswith(b"\x89PNG")


def test_without_a_loss_there_is_nothing_to_draw():
    assert learning_curves(curve_rows([line(0, lr=0.1)]), best_epoch=0) is None
    assert learning_curves([], best_epoch=None) is None
