import pytest

from groklab.report.atlas_pictures import limits_of
from groklab.report.atlases import Cell, read_atlases
from groklab.report.atlases_section import atlas_sections

from .evidence import write_atlases


@pytest.fixture(scope="module")
def panels(tmp_path_factory):
    root = tmp_path_factory.mktemp("atlases")
    write_atlases(root)
    atlases = read_atlases(root / "atlases")
    shown = atlas_sections(atlases, [f"a-{atlas.name}" for atlas in atlases])
    return {item["atlas"].name: item["panels"] for item in shown}


def test_a_factor_of_numbers_with_one_of_words_is_a_line_for_each_word(panels):
    ((panel),) = panels["regularizers"]
    for name in ("none", "l1", "batch_norm", "data.train_fraction (log scale)", "Accuracy (test)"):
        assert name in panel["svg"]


def test_numbers_within_a_decade_stand_on_a_plain_axis(panels):
    assert "log scale" not in panels["optimizers"][0]["svg"]


def test_a_zero_stands_on_the_log_axis_before_the_least(panels):
    svg = panels["decay"][0]["svg"]
    assert "Loss (validation) (log scale)" in svg
    assert "strength (log scale)" in svg
    assert svg.index(">0</text>") < svg.index(">0.0001</text>")


def test_an_interval_that_reaches_zero_leaves_the_axis_of_means_over_decades_logarithmic():
    cells = [Cell({}, mean, low, high, 5, ()) for mean, low, high in ((0.4, 0.3, 0.5), (60.0, -100.0, 220.0))]
    low, high = limits_of(cells)
    assert 0 < low < 0.4
    assert high > 220
    assert limits_of(cells[1:])[0] < -100


def test_two_factors_of_words_are_a_heat_map_with_a_hole_where_nothing_was_trained(panels):
    heat = panels["activations_by_init"][0]["heat"]
    cells = [cell for _, row in heat["rows"] for cell in row]
    assert cells[-1] is None
    assert None not in cells[:-1]


def test_the_deepest_colour_is_the_highest_mean_on_one_scale_for_all_panels(panels):
    cells = [cell for panel in panels["widths"] for _, row in panel["heat"]["rows"] for cell in row]
    by_mean = sorted(cells, key=lambda shown: shown["cell"].mean)
    shares = [float(shown["share"].rstrip("%")) for shown in by_mean]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 42)


def test_a_third_factor_gives_small_multiples_and_leaves_curves_where_there_can_be_some(panels):
    assert [panel["title"] for panel in panels["widths"]] == ["batch 8", "batch 64"]
    assert [panel["title"] for panel in panels["schedules"]] == ["optimizer sgd", "optimizer adam"]
    assert all("svg" in panel for panel in panels["schedules"])
