"""Images and sounds of the user's own: damaged, copied, renamed (rows 41, 43, 44)."""

import random
import shutil

import numpy as np
import pytest

from groklab.data.file_tree import Unreadable
from groklab.data.prepare import prepare
from groklab.errors import UserError
from tests.data.media import audio_folder, image_folder, pictures, sounds

KINDS = {"png": (pictures, image_folder), "wav": (sounds, audio_folder), "flac": (sounds, audio_folder)}
SUMMED = ["png", "flac", "ogg"]  # what has checksums; of the other formats a flipped bit is another picture or sound


@pytest.fixture(params=list(KINDS))
def own(request, tmp_path):
    make, dataset = KINDS[request.param]
    for seed, label in enumerate("ab"):
        make(tmp_path / "files" / label, 10, seed=seed, ending=request.param)
    return tmp_path / "files", dataset, request.param


def damage(folder, ending):
    """Three files: cut in half, empty, of another kind."""
    paths = [folder / "a" / f"00{number}.{ending}" for number in (1, 4)] + [folder / "b" / f"002.{ending}"]
    paths[0].write_bytes(paths[0].read_bytes()[: paths[0].stat().st_size // 2])
    paths[1].write_bytes(b"")
    paths[2].write_text("A note, with the wrong ending of its name.")


def test_bad_files_fail_with_the_first_and_their_number(own, tmp_path):
    folder, dataset, ending = own
    damage(folder, ending)
    first = rf"3 of 20 files cannot be read, the first is a/001\.{ending} \(.+\); .*data\.on_error=skip"
    with pytest.raises(UserError, match=first):
        prepare(dataset(folder), tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_bad_files_are_left_out_and_named_in_the_card(own, tmp_path):
    folder, dataset, ending = own
    damage(folder, ending)
    card = prepare(dataset(folder, on_error="skip"), tmp_path / "own")
    assert card.cleaning["rows_out"] == 17
    (rule,) = [rule for rule in card.cleaning["rules"] if "no readable" in rule]
    assert "(3): a/001" in rule
    assert all(f"{name}.{ending} (" in rule for name in ("a/001", "a/004", "b/002"))
    assert f"a/004.{ending} (empty)" in rule


def test_of_many_bad_files_10_are_named_and_the_others_counted(own, tmp_path):
    folder, dataset, ending = own
    for label in "ab":
        for number in range(6):
            (folder / label / f"00{number}.{ending}").write_bytes(b"")
    card = prepare(dataset(folder, on_error="skip", val_fraction=0.25, test_fraction=0.25), tmp_path / "own")
    (rule,) = [rule for rule in card.cleaning["rules"] if "no readable" in rule]
    assert rule.count("(empty)") == 10
    assert rule.endswith("and 2 more.")


def test_a_folder_of_bad_files_alone_is_refused_whatever_the_policy(own):
    folder, dataset, _ = own
    for path in folder.rglob("*.*"):
        path.write_bytes(b"")
    with pytest.raises(UserError, match="20 of 20 files cannot be read"):
        dataset(folder, on_error="skip").load()


@pytest.mark.parametrize("ending", [*SUMMED, "wav", "jpg", "gif", "bmp", "webp", "tif"])
def test_a_file_that_is_cut_is_detected(tmp_path, ending):
    make, dataset = (sounds, audio_folder) if ending in ("wav", "flac", "ogg") else (pictures, image_folder)
    content = make(tmp_path / "a", 1, ending=ending)[0].read_bytes()
    for keep in (0.1, 0.3, 0.5, 0.7, 0.9):
        (tmp_path / "a" / f"000.{ending}").write_bytes(content[: int(keep * len(content))])
        with pytest.raises(UserError, match="1 of 1 files cannot be read"):
            dataset(tmp_path).load()


@pytest.mark.parametrize("ending", SUMMED)
def test_200_of_200_flipped_bits_are_detected_or_do_no_harm(tmp_path, ending):
    make, dataset = (pictures, image_folder) if ending == "png" else (sounds, audio_folder)
    content = make(tmp_path / "a", 1, ending=ending)[0].read_bytes()
    own, chance, detected = dataset(tmp_path), random.Random(0), 0
    whole = own.decode(content).x
    for _ in range(200):
        flipped = bytearray(content)
        flipped[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        (tmp_path / "a" / f"000.{ending}").write_bytes(flipped)
        try:
            np.testing.assert_array_equal(own.load().x[0], whole)
        except UserError:
            detected += 1
    assert detected > 150  # the others are in notes that no decoder reads


def test_10_copies_in_the_test_part_are_10_and_named(own):
    folder, dataset, ending = own
    for label in "ab":
        shutil.move(folder / label, folder / "train" / label)
        (folder / "test" / label).mkdir(parents=True)
        for number in range(5):
            source = folder / "train" / label / f"00{number}.{ending}"
            shutil.copy(source, folder / "test" / label / f"copy{number}.{ending}")
    thing = "images" if ending == "png" else "sounds"
    with pytest.raises(UserError, match=rf"10 {thing} of test are also in train: test/a/copy0\.{ending}, "):
        dataset(folder, test_fraction=None).load()


def test_renamed_files_are_in_the_same_parts(own, tmp_path):
    folder, dataset, ending = own
    card = prepare(dataset(folder), tmp_path / "own")
    for label in "ab":
        paths = sorted((folder / label).iterdir())
        for number, path in zip(np.random.default_rng(0).permutation(len(paths)), paths, strict=True):
            path.rename(folder / label / f"renamed{number}.{ending}")
    again = prepare(dataset(folder), tmp_path / "again")
    assert (card.arrays, card.source_sha256) == (again.arrays, again.source_sha256)


def test_the_reason_never_names_a_place_of_this_machine(own, tmp_path):
    _, dataset, _ = own
    with pytest.raises(Unreadable) as refused:
        dataset(tmp_path)._decoded(b"no such thing" * 20)
    assert str(tmp_path) not in str(refused.value)
