"""A run's folder follows the one on a node, and what it holds at any moment is one to go on from."""

import pytest

from groklab.files import sha256
from groklab.launching.mirror import Mirror, apply
from groklab.training.checkpoint_io import AtomicCheckpointIO, newest_checkpoint


def save(folder, number):
    AtomicCheckpointIO().save_checkpoint({"number": number}, folder / "checkpoints/last.ckpt")


@pytest.fixture
def node(tmp_path):
    folder = tmp_path / "node"
    (folder / "checkpoints").mkdir(parents=True)
    save(folder, 0)
    (folder / "log.jsonl").write_text("one\n")
    return folder


def test_the_other_folder_becomes_the_same(tmp_path, node):
    here, mirror = tmp_path / "here", Mirror(node)
    apply(mirror.changes(), here)
    assert (here / "log.jsonl").read_text() == "one\n"
    assert mirror.changes() == {}
    (node / "log.jsonl").write_text("one\ntwo\n")
    (node / "checkpoints/last.ckpt").unlink()
    assert mirror.changes() == {"log.jsonl": b"one\ntwo\n", "checkpoints/last.ckpt": None}


def test_locks_and_what_tracking_knows_stay_where_they_are(tmp_path, node):
    here = tmp_path / "here"
    here.mkdir()
    for folder in (node, here):
        for name in ("lock", "delivery.json"):
            (folder / name).write_text(folder.name)
    (here / "stale.png").write_text("of a run before")
    Mirror(here).replace(Mirror(node).changes())
    assert (here / "lock").read_text() == (here / "delivery.json").read_text() == "here"
    assert not (here / "stale.png").exists()


def test_a_node_lost_at_any_moment_leaves_a_whole_checkpoint(tmp_path, node):
    here, mirror = tmp_path / "here", Mirror(node)
    apply(mirror.changes(), here)
    for number in (1, 2):
        save(node, number)
    (node / "log.jsonl").write_text("one\ntwo\n")
    changes = mirror.changes()
    assert list(changes) == ["checkpoints/SHA256SUMS", "checkpoints/last.ckpt", "log.jsonl"]
    for num_arrived in range(len(changes) + 1):
        part = tmp_path / f"part{num_arrived}"
        apply(Mirror(here).changes(), part)
        arrived = ["log.jsonl", *list(changes)[:2]][:num_arrived]
        apply({name: changes[name] for name in arrived}, part)
        assert newest_checkpoint(part / "checkpoints")
    assert sha256(part / "checkpoints/last.ckpt") == sha256(node / "checkpoints/last.ckpt")
