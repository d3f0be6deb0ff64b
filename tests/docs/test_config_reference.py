"""The page of conf/."""

import config_reference
import pytest

from tests.programs import ROOT

CONF = ROOT / "conf"


@pytest.fixture(scope="module")
def page():
    return config_reference.page(CONF)


def test_every_group_and_every_choice_is_on_the_page(page):
    folders = {path.name for path in CONF.iterdir() if path.is_dir()}
    assert {line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")} >= folders
    missing = [
        path
        for path in CONF.glob("*/**/*.yaml")
        if f"#### {path.relative_to(CONF).parts[0]}="
        f"{path.relative_to(CONF / path.relative_to(CONF).parts[0]).with_suffix('').as_posix()} " not in page
    ]
    assert missing == []


def test_a_key_has_its_default_and_what_the_constructor_says_of_it(page):
    assert "| `p` | `0.2` | Probability of dropping a number, 0 &lt;= p &lt; 1; 0 disables. |" in page.replace(
        "`dropout.p`", "`p`"
    )
    assert "| `split_seed` | `0` | Seed of the split" in page  # said by the base class
    assert "| `path` | must be given |" in page


def test_arguments_that_a_file_leaves_out_are_named_but_those_that_groklab_fills(page):
    adam, mlp = (page.split(f"#### {choice} ")[1].split("####")[0] for choice in ("optimizer=adam", "architecture=mlp"))
    assert "`amsgrad`" in adam and "`params`" not in adam
    assert "defaults:" not in mlp and "`activation`" not in mlp


def test_zero_and_one_are_no_booleans(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part/one.yaml").write_text("# A part.\nzero: 0\none: 1\nnever: false\n")
    page = config_reference.page(tmp_path)
    for row in ("| `zero` | `0` |  |", "| `one` | `1` |  |", "| `never` | `false` |  |"):
        assert row in page


def test_the_comment_at_the_top_is_one_line_without_what_hydra_reads():
    assert config_reference.head_comment("# @package _global_\n# One\n# two.\nkey: 1 # three\n") == "One two."


def test_a_remark_behind_a_value_is_its_meaning():
    assert config_reference.remarks("# top\nlr: 0.1 # the step\nname: a#b\n") == {"lr": "the step"}


def test_code_in_a_cell_is_left_as_it_is():
    assert config_reference.escaped("a < b | ``c < d``") == "a &lt; b \\| ``c < d``"
