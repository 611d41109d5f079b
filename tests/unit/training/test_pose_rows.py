"""The pose library's file: it reads as it was written, and grows without a change to what it had."""

from __future__ import annotations

import json

import numpy as np
import pytest

from training.poses import library
from training.poses.arms import ARMS
from training.poses.library import grown
from training.poses.names import ARM_NAMES, BOTH_NAMES, STANCE_NAMES
from training.poses.rows import DATA, Entry, mirrored, read, written
from training.poses.stances import STANCES
from training.poses.words import description, name

ENTRIES = read()


def test_the_file_is_what_its_poses_write() -> None:
    assert written(ENTRIES) == DATA.read_text("utf-8")


def test_a_pose_that_leaves_takes_only_its_row() -> None:
    whole, less = (json.loads(written(entries))["poses"] for entries in (ENTRIES, ENTRIES[1:-1]))
    assert less == whole[1:-1]


def test_everything_that_poses_are_made_of_has_a_short_name() -> None:
    assert STANCE_NAMES.keys() == STANCES.keys()
    assert ARM_NAMES.keys() == ARMS.keys()
    assert BOTH_NAMES.keys() == {key for key, arm in ARMS.items() if arm.both_en}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_name_fits_below_a_small_picture(entry: Entry) -> None:
    for short, long in zip(
        name(entry.recipe), description(entry.recipe, mirrored=mirrored(entry.recipe)), strict=True
    ):
        assert len(short) <= 60
        assert len(short) < len(long)


def test_a_library_that_has_room_grows_and_keeps_its_ids(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_KEPT", tmp_path)
    monkeypatch.setattr(library, "_WORKERS", 1)
    drafts: list[list[Entry]] = []
    monkeypatch.setattr(library, "write", lambda entries: drafts.append(list(entries)))
    # One whose hands touch nothing: how others' arms were fitted, the shapes of the hands of that day decided.
    gone = next(entry for entry in ENTRIES if entry.recipe.left == entry.recipe.right == "offer")
    kept = [entry for entry in ENTRIES[:4] if entry is not gone][:3]
    found = grown(kept, [gone.recipe, kept[0].recipe])
    assert found[:3] == kept
    assert [entry.recipe for entry in found[3:]] == [gone.recipe]
    assert found[3].id == f"{gone.id.rpartition('-')[0]}-{int(kept[-1].id.rpartition('-')[2]) + 1:03d}"
    assert found[3].hands == gone.hands
    np.testing.assert_allclose(np.abs(np.sum(found[3].turns * gone.turns, axis=1)), 1.0, atol=1e-5)
    assert drafts[-1] == found
