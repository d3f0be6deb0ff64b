"""A user's own series: equal steps in any order of the rows, gaps, and what is refused."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from groklab.data.own_series import OwnSeries
from groklab.data.prepare import prepare
from groklab.errors import UserError


def own(path, **arguments):
    given = {
        "time": "t",
        "window": 2,
        "horizon": 1,
        "name": "series",
        "val_fraction": 0.2,
        "test_fraction": 0.2,
        **arguments,
    }
    return OwnSeries(path=str(path), **given)


def series(tmp_path, times, *, values=None, **arguments):
    """Of one channel ``v``, by default 0, 1, 2, ..."""
    values = range(len(times)) if values is None else values
    lines = [f"{time},{value}" for time, value in zip(times, values, strict=True)]
    path = tmp_path / "s.csv"
    path.write_text("t,v\n" + "\n".join(lines) + "\n")
    return own(path, **arguments).series()


def days(num):
    return [str(date(2024, 2, 27) + timedelta(days=n)) for n in range(num)]


def test_rows_are_sorted_by_time(tmp_path):
    found = series(tmp_path, [days(4)[n] for n in (2, 0, 3, 1)], values=[20, 0, 30, 10])
    assert found.values.tolist() == [[0], [10], [20], [30]]
    assert "Rows are sorted by t." in found.rules


def test_a_step_that_lacks_has_no_values_and_is_interpolated(tmp_path):
    times = [day for n, day in enumerate(days(13)) if n not in (3, 4)]
    found = series(tmp_path, times, values=[n for n in range(13) if n not in (3, 4)])
    assert np.flatnonzero(np.isnan(found.values[:, 0])).tolist() == [3, 4]
    assert "A step is 1 day; steps that the file lacks have no values (2)." in found.rules
    raw = own(tmp_path / "s.csv").load()
    assert raw.x[:3, :, 0].tolist() == [[0, 1], [1, 2], [2, 3]]
    assert raw.y[:3, 0].tolist() == [2, 3, 4]
    assert any("interpolated linearly (2)" in rule for rule in raw.rules)


@pytest.mark.parametrize(
    ("times", "length"),
    [
        (["2024-01-01", "2024-02-01", "2024-03-01", "2024-05-01"], "1 month"),
        (["2023-12-31", "2024-01-31", "2024-02-29", "2024-04-30"], "1 month"),
        (["2023-01-15", "2023-04-15", "2023-07-15", "2024-01-15"], "3 months"),
        (["2024-01-01 00:00", "2024-01-01 00:15", "2024-01-01 00:30", "2024-01-01 01:00"], "15 minutes"),
        (["2024-01-05", "2024-01-12", "2024-01-19", "2024-02-02"], "7 days"),
        (["1990", "1991", "1992", "1994"], "1"),
        (["0.1", "0.2", "0.3", "0.5"], "0.1"),
        # clocks go forward: 02:30 is not there, and 03:00+02:00 is an hour after 01:00+01:00
        (
            ["2024-03-31T00:00+01:00", "2024-03-31T01:00+01:00", "2024-03-31T03:00+02:00", "2024-03-31T05:00+02:00"],
            "1 hour",
        ),
    ],
)
def test_the_step_is_found(tmp_path, times, length):
    found = series(tmp_path, times)
    assert np.nan_to_num(found.values[:, 0], nan=-1).tolist() == [0, 1, 2, -1, 3]
    assert any(rule.startswith(f"A step is {length};") for rule in found.rules)


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([*days(3), days(3)[1]], "column t: line 3 and line 5 have the same time '2024-02-28'"),
        ([*days(3), "01/03/2024"], "line 5, column t: '01/03/2024' is no time"),
        ([*days(3), "2024-02-30"], "line 5, column t: '2024-02-30' is no time"),
        ([*days(3), ""], "line 5, column t: has no time"),
        ([*days(3), "2024-03-01 07:00"], "line 5, column t: '2024-03-01 07:00' is 31 hours after line 4"),
        ([*days(3), "2024-03-01 00:00Z"], "line 2, column t: has no offset from UTC"),
        ([*days(3), "2025-03-01"], "with a step of 1 day, 365 of 369 steps are missing"),
        (days(1), "one row only"),
    ],
)
def test_what_is_no_series_is_refused(tmp_path, times, said):
    with pytest.raises(UserError) as caught:
        series(tmp_path, times)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def table(tmp_path, num=20):
    lines = [f"{day},{n},shop {n % 2},{100 + n}" for n, day in enumerate(days(num))]
    (tmp_path / "s.csv").write_text("t,a,shop,b\n" + "\n".join(lines) + "\n")
    return tmp_path / "s.csv"


def test_channels_are_all_columns_of_numbers(tmp_path):
    found = own(table(tmp_path)).series()
    assert list(found.names) == ["a", "b"]
    assert found.values[3].tolist() == [3, 103]
    assert "Columns that are no numbers are left out: shop." in found.rules


def test_channels_and_targets_are_chosen_by_name(tmp_path):
    data = own(table(tmp_path), channels=["b", "a"], targets=["a"], horizon=2)
    raw = data.load()
    assert raw.x[0].tolist() == [[0, 100], [1, 101]]  # what is forecast comes first
    assert raw.y[0].tolist() == [2, 3]
    assert raw.target_names == ["a +1", "a +2"]
    assert data.num_targets == 1


def test_prepared_it_has_the_shape_that_the_data_have(tmp_path):
    card = prepare(own(table(tmp_path), targets=["b"], horizon=2), tmp_path / "series")
    assert (card.shape, card.num_features, card.num_outputs) == ([2, 2], 4, 2)
    # 20 steps: validation from 12, test from 16; whole horizons of 2 from 2..10, 12..14, 16..18
    assert card.counts == {"train": 9, "val": 3, "test": 3}
    assert (card.source, card.licence) == ("s.csv", "not stated")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"time": "tt"}, r"data\.time: .* no column tt; did you mean t\?"),
        ({"channels": ["A"]}, r"data\.channels: .* no column A"),
        ({"channels": ["shop"]}, "column shop: is no column of numbers"),
        ({"channels": ["t", "a"]}, r"data\.channels: t is the column of times"),
        ({"targets": ["shop"]}, "column shop: is no column of numbers; leave it out of data.targets"),
    ],
)
def test_a_wrong_name_is_refused(tmp_path, arguments, said):
    with pytest.raises(UserError, match=said):
        own(table(tmp_path), **arguments).series()


def test_arguments_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="b is not among"):
        own("s.csv", channels=["a"], targets=["b"])
    with pytest.raises(ValueError, match="each once"):
        own("s.csv", channels=["a", "a"])


def test_a_text_among_numbers_and_a_missing_file_are_named(tmp_path):
    path = table(tmp_path)
    path.write_text(path.read_text().replace(",7,", ",seven,"))
    with pytest.raises(UserError, match="line 9, column a: 'seven' is no finite number"):
        own(path).series()
    with pytest.raises(UserError, match=r"data\.path: .* does not exist"):
        own(tmp_path / "none.csv").series()


def test_missing_values_are_gaps(tmp_path):
    found = series(tmp_path, days(4), values=[1, "NA", "-", 4], missing=["NA", "-"])
    assert np.isnan(found.values[:, 0]).tolist() == [False, True, True, False]


def test_a_parquet_file_gives_the_same_series(tmp_path):
    frame = pd.read_csv(table(tmp_path), parse_dates=["t"])
    frame.to_parquet(tmp_path / "s.parquet")
    np.testing.assert_array_equal(own(tmp_path / "s.parquet").series().values, own(tmp_path / "s.csv").series().values)


def test_new_inputs_are_the_last_window(tmp_path):
    path = table(tmp_path)
    x, names = own(path, window=3).read_inputs(path)
    assert x.tolist() == [[[17, 117], [18, 118], [19, 119]]]
    assert names == [days(20)[-1]]
    with pytest.raises(UserError, match="has 20 steps, but window=21"):
        own(path, window=21).read_inputs(path)
    path.write_text(path.read_text().replace(",19,", ",,"))
    with pytest.raises(UserError, match="channel a lacks a value in the last 3 steps"):
        own(path, window=3).read_inputs(path)


def test_the_digest_depends_on_the_file_but_not_on_what_is_found_in_it(tmp_path):
    first = own(table(tmp_path)).config_digest()
    assert own(table(tmp_path, 21)).config_digest() != first
    path = tmp_path / "s.csv"
    assert own(path, shape=[2, 2], num_features=4, num_outputs=2).config_digest() == own(path).config_digest()
    assert own(path, targets=["a"]).config_digest() != own(path).config_digest()
