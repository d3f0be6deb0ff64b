import itertools
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from groklab.report.gather import gather
from groklab.report.page import render
from groklab.report.records import Report

from .evidence import write_atlases, write_claims
from .outputs import CLASSES, write_classification, write_json, write_outputs

SCRIPT = Path(__file__).parents[2] / "pipelines" / "report.py"


def write_all(root):
    write_claims(root)
    write_atlases(root)
    return write_outputs(root)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return render(gather(write_all(tmp_path_factory.mktemp("outputs"))))


class Outline(HTMLParser):
    """Tags in order, with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_results_are_stated_as_they_are(page):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "ahead of its best baseline in 1, tied in 0, behind in 1; 1 carries no verdict" in text
    assert "The network loses to linear regression" in text
    assert "The network beats logistic regression" in text
    assert "One run on one split carries no verdict." in text
    assert "AUROC is undefined for the network: the test part holds one class only." in text
    assert "Newest run ended24 November 2026, 02:06 UTC" in text.replace("ended ", "ended")
    assert "2 min 54 s" in text  # 42.31 + 128.4 + 3.4
    assert "python pipelines/train.py experiment=digits_cnn seed=7" in text
    assert "make repro" in text
    assert "Most often confused:" in text
    assert "make ui" in text
    assert "7be1f00dcafe" in text
    assert "0123456789" in text


def test_verdicts_come_first_sorted_and_counted(page):
    assert (
        page.index('id="verdicts"') < page.index('id="atlases"') < page.index('id="summary"') < page.index('id="cost"')
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "3 ✓ supported 1 ✗ contradicted 1 ○ not shown" in text
    overview = page[page.index('<table class="forest"') : page.index("How to read this")]
    assert re.findall(r'<a href="#c-([\w-]+)">', overview) == [
        "batch-norm-speed",
        "relu-trains-deep-networks",
        "weight-decay-is-not-l2-under-adam",
        "adam-generalizes-better-than-gradient-descent",
        "dropout-curbs-overfitting",
    ]


def test_every_claim_and_atlas_has_its_runs_and_the_command_that_gives_it_again(tmp_path):
    report = gather(write_all(tmp_path))
    page = render(report)
    for known in (*report.claims, *report.atlases):
        assert f"<code>{known.command}</code>" in page
    runs = {run for claim in report.claims for outcome in claim.outcomes for arm in outcome.arms for run in arm.runs}
    runs |= {run for atlas in report.atlases for cell in atlas.cells for run in cell.runs}
    assert runs <= set(re.findall(r'<code class="run">(\w+)</code>', page))


def test_without_claims_and_atlases_the_page_is_whole(tmp_path):
    page = render(gather(write_outputs(tmp_path)))
    for absent in ('id="verdicts"', 'id="atlases"', 'href="#verdicts"', 'href="#atlases"'):
        assert absent not in page
    assert "ahead of its best baseline in 1" in re.sub(r"<[^>]+>", "", page)


def test_it_loads_nothing(page):
    for _, attributes in Outline(page).tags:
        for name in ("src", "href", "srcset", "action", "data", "xlink:href"):
            assert re.match(r"(#|data:)", attributes.get(name) or "#"), attributes
    assert not re.search(r"@import|url\((?!#)", page)
    assert "default-src 'none'" in page


def test_the_same_inputs_give_the_same_bytes(tmp_path, page):
    assert render(gather(write_all(tmp_path))) == page


def test_one_h1_and_headings_in_order(page):
    levels = [int(tag[1]) for tag, _ in Outline(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_pictures_have_alt_texts_cells_have_headers_and_ids_are_unique(page):
    tags = Outline(page).tags
    assert all(attributes.get("alt") for tag, attributes in tags if tag == "img")
    assert all(attributes.get("scope") for tag, attributes in tags if tag == "th")
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        for name in ("aria-labelledby", "href"):
            target = attributes.get(name) or ""
            if name == "aria-labelledby" and target:
                assert target in ids
            elif target.startswith("#"):
                assert target[1:] in ids


KEPT = {"verdict", "expect", "values", "factors", "contrast", "difference"}


def spoil(value, evil, key=""):
    """Every text that may be any, with markup behind it."""
    if key in KEPT:
        return value
    if isinstance(value, dict):
        return {name: spoil(below, evil, name) for name, below in value.items()}
    if isinstance(value, list):
        return [spoil(below, evil, key) for below in value]
    return f"{value}{evil}" if isinstance(value, str) else value


def test_names_cannot_become_markup(tmp_path):
    evil = "<script>alert(1)<"
    write_classification(tmp_path, "plain", classes=[f"{evil}/script>", *CLASSES[1:]])
    write_json(
        tmp_path / "metrics" / f"{evil}.json",
        {
            "experiment": evil,
            "run": evil,
            "metrics": {evil: 0.5, "accuracy": 0.5},
            "undefined": {evil: evil},
            "baselines": {evil: {"accuracy": 0.4}},
        },
    )
    write_claims(tmp_path)
    write_atlases(tmp_path)
    for folder in ("claims", "atlases"):
        for path in (tmp_path / folder).iterdir():
            given = json.loads(path.read_text())
            spoiled = spoil(given, evil)
            path.write_text(json.dumps(spoiled))
    text = render(gather(tmp_path))
    assert [tag for tag, _ in Outline(text).tags].count("script") == 1
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;") > 4


def test_baselines_stand_best_first_and_what_is_not_scored_last(tmp_path):
    scores = {"alone": {"macro_f1": 0.1}, "far": {"accuracy": 0.3}, "near": {"accuracy": 0.9}}
    metrics = {"experiment": "a", "run": "r", "metrics": {"accuracy": 0.8}, "baselines": scores}
    write_json(tmp_path / "metrics" / "a.json", metrics)
    columns = re.findall(r'<th scope="col" class="number">(\w+)</th>', render(gather(tmp_path)))
    assert columns[-4:] == ["Network", "Near", "Far", "Alone"]


def test_texts_stand_under_what_they_are(tmp_path):
    write_classification(tmp_path, "a")
    (tmp_path / "pictures" / "a" / "wrongest.txt").write_text("cat taken for dog (95%): meow")
    page = render(gather(tmp_path))
    assert "<h4>Wrongest examples</h4>" in page
    assert "cat taken for dog (95%): meow" in page


def test_experiments_with_like_names_keep_their_own_anchor(tmp_path):
    for name in ("a b", "a-b", "a_b"):
        write_json(tmp_path / "metrics" / f"{name}.json", {"experiment": name, "run": "r", "metrics": {"r2": 0.1}})
    ids = [attributes["id"] for _, attributes in Outline(render(gather(tmp_path))).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_no_experiments_is_a_page_that_says_so():
    assert "There are no experiments yet" in render(Report(()))


def run_script(*arguments, cwd):
    return subprocess.run([sys.executable, SCRIPT, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_stage_writes_the_page_and_names_it_last(tmp_path, page):
    done = run_script(cwd=write_all(tmp_path))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "report reports/index.html")
    assert (tmp_path / "reports" / "index.html").read_text() == page


def test_a_broken_metrics_file_ends_the_stage_with_one_line(tmp_path):
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "digits.json").write_text("{")
    done = run_script(cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "metrics/digits.json" in done.stderr
    assert not (tmp_path / "reports").exists()
