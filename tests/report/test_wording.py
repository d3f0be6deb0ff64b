from groklab.report import wording
from groklab.report.wording import DASH, MINUS


def test_numbers_are_short_and_never_lie_about_their_size():
    given = [0.0, 0.9724, -0.0312, 0.00004, 3631.74, 12345678.0, None]
    assert [wording.number(value) for value in given] == [
        "0.000", "0.972", f"{MINUS}0.031", f"4.00e{MINUS}05", "3,631.7", "1.23e+07", DASH,
    ]  # fmt: skip


def test_a_difference_has_its_sign_and_zero_has_none():
    assert [wording.signed(value) for value in (0.0141, -0.003, 0.0001, -0.0001)] == [
        "+0.014", f"{MINUS}0.003", "0.000", "0.000",
    ]  # fmt: skip


def test_durations_read_like_a_clock():
    assert [wording.duration(s) for s in (0.84, 12.31, 59.96, 125, 3780)] == [
        "0.84 s", "12.3 s", "1 min 00 s", "2 min 05 s", "1 h 03 min",
    ]  # fmt: skip


def test_average_precision_keeps_its_capitals_inside_a_sentence():
    assert wording.within("ap") == "AP, IoU 0.50 to 0.95"


def test_decimals_tell_a_tenth_of_the_smallest_effect_apart():
    given = [(144.71, 20.0), (-0.000872, 0.01), (0.01966, 0.005), (-1.2549, 0.05), (1234.5, 1.0), (-0.00001, 0.01)]
    assert [wording.in_steps(*pair) for pair in given] == [
        "145",
        f"{MINUS}0.001",
        "0.0197",
        f"{MINUS}1.255",
        "1,234.5",
        "0.000",
    ]
    assert [wording.signed_in_steps(value, 0.1) for value in (0.5, -0.5, 0.0001, None)] == [
        "+0.50", f"{MINUS}0.50", "0.00", DASH,
    ]  # fmt: skip


def test_a_measured_name_says_of_which_part_and_other_texts_stay():
    given = ["test/macro_f1", "val/loss", "steps until val/accuracy >= 0.9"]
    assert [wording.measured(name) for name in given] == ["Macro F1 (test)", "Loss (validation)", given[2]]


def test_shares_are_percent_and_zero_has_no_sign():
    assert [wording.percent(value).replace("\N{NO-BREAK SPACE}", " ") for value in (0.0244, -0.1, 2.5, 0.0)] == [
        "+2.4 %", f"{MINUS}10.0 %", "+250 %", "0.0 %",
    ]  # fmt: skip
