import pytest
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from groklab.errors import UserError
from groklab.launching.grid import combinations


def seeds(jobs):
    return [[word for word in job.overrides if word.startswith("seed")] for job in jobs]


def test_seeds_are_jobs_of_their_own_and_count_from_the_seed_of_the_config():
    jobs = combinations(["seeds=3", "lr=1,2"], None, seed=7, seeds=3)
    assert [job.overrides for job in jobs[:3]] == [("seeds=1", "lr=1", f"seed={seed}") for seed in (7, 8, 9)]
    assert [job.varied for job in jobs[2:4]] == [("lr=1", "seed=9"), ("lr=2", "seed=7")]
    assert len(jobs) == 6


def test_seeds_of_a_file_do_too():
    assert seeds(combinations(["lr=1"], None, seed=0, seeds=2)) == [["seed=0", "seeds=1"], ["seed=1", "seeds=1"]]


def test_several_first_seeds_overlap_without_a_job_twice():
    jobs = combinations(["seed=0,1"], None, seeds=2)
    assert [words[0] for words in seeds(jobs)] == ["seed=0", "seed=1", "seed=2"]


@pytest.mark.parametrize("words", [["seed=[0,1]"], ["seeds=1,2"], ["experiment=a,b"]])
def test_what_a_job_knows_better_stays_in_the_job(words):
    assert all(
        job.overrides[0] in (*words, "seeds=1", "seeds=2", "experiment=a", "experiment=b")
        for job in combinations(words, None, seeds=2)
    )


def test_an_interval_has_no_single_values():
    with pytest.raises(UserError, match=r"command line: lr=interval\(0,1\): an interval has no single values"):
        combinations(["lr=interval(0,1)"], None)


NAMES = ("a", "b.c", "+d", "++e", "regularizer")
VALUES = ("1", "1,2,3", "x,[l1,l2],y", "range(3)", "range(1,9,4)", "choice(p,q)", "'two words',three", "[1,2]", "{k:1}")


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), unique_by=lambda pair: pair[0], max_size=4))
def test_jobs_come_as_from_hydra_s_own_sweeper(pairs):
    words = [f"{name}={value}" for name, value in pairs]
    parsed = OverridesParser.create().parse_overrides(words)
    (expected,) = BasicSweeper.split_arguments(parsed, max_batch_size=None)
    assert [list(job.overrides) for job in combinations(words, None)] == expected


def test_what_is_deleted_is_deleted_whatever_its_value():
    """Hydra's own sweeper makes ``~key=null`` of it, which deletes nothing but a null."""
    assert [job.overrides for job in combinations(["~key", "lr=1,2"], None)] == [("~key", "lr=1"), ("~key", "lr=2")]
