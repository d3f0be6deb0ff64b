import pytest

from groklab.report.claims import VERDICTS, read_claims
from groklab.report.claims_section import claim_sections

from .evidence import NUM_SEEDS, run_id, write_claims


@pytest.fixture(scope="module")
def section(tmp_path_factory):
    root = tmp_path_factory.mktemp("claims")
    write_claims(root)
    claims = read_claims(root / "claims")
    return claim_sections(claims, [f"c-{claim.name}" for claim in claims])


def test_the_tally_counts_every_verdict(section):
    assert section["tally"] == [("supported", 3), ("contradicted", 1), ("not shown", 1)]


def test_the_overview_goes_by_verdict_then_name(section):
    order = [(VERDICTS.index(item["claim"].verdict), item["claim"].name) for item in section["overview"]]
    assert order == sorted(order)


def test_every_claim_stands_once_under_its_section(section):
    names = [name for name, _ in section["sections"]]
    assert names == ["Activations", "Regularization", "Optimization"]  # what the primer has not comes last
    assert sum(len(items) for _, items in section["sections"]) == len(section["overview"])


def test_a_run_stands_beside_the_value_that_it_gave(section):
    """The run of seed 3 is not there: those after it still stand in their own row."""
    (item,) = (item for item in section["overview"] if item["claim"].name == "batch_norm_speed")
    rows = item["seeds"][1]["rows"]
    assert [row["seed"] for row in rows] == [str(seed) for seed in range(NUM_SEEDS)]
    assert rows[3]["cells"][0] == (None, None)
    assert [row["cells"][0][1] for row in rows[4:]] == [
        run_id("batch_norm_speed", "with", seed) for seed in range(4, 11)
    ]
