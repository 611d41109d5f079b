"""Which file is wanted: one key for one file, whatever words it was asked for in."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bodymodel.expressions import ARKIT
from services.generator.domain.options import (
    DRESSED,
    Compression,
    FileFormat,
    FileOptions,
    Parts,
    RestPose,
)
from tests.unit.generator.world import file_options

ROLE = re.compile(r"[a-z0-9.]{1,100}")
"""What the records take; see the migration."""


@given(file_options(), file_options())
def test_equal_options_have_equal_keys_and_others_have_others(one, other) -> None:
    assert (one == other) == (one.key == other.key)
    assert (one == other) == (hash(one) == hash(other))


@given(file_options())
def test_keys_fit_the_records_and_are_none_of_the_points(options) -> None:
    assert ROLE.fullmatch(options.key)
    assert options.key != "points"


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (DRESSED, "dressed"),
        (FileOptions(parts=Parts.BODY), "body"),
        (FileOptions(FileFormat.VRM, pose=RestPose.A), "dressed.vrm.t"),
        (FileOptions(FileFormat.STL, Parts.BODY, lod=2), "body.stl.lod2"),
        (FileOptions(pose=RestPose.T, compression=Compression.DRACO), "dressed.t.draco"),
        (FileOptions(FileFormat.USDZ, texture_size=512), "dressed.usdz.size512"),
        (FileOptions(texture_atlas=1024, morph_targets=ARKIT), "dressed.atlas1024.morphs7eb2120467b0c633"),
    ],
)
def test_keys_say_what_is_not_the_default(options, key) -> None:
    """Records hold them: a key that changes leaves files behind that nobody finds."""
    assert options.key == key


@pytest.mark.parametrize(
    ("format", "held"),
    [
        (FileFormat.GLB, {"pose", "morph_targets", "texture_size", "texture_atlas", "compression"}),
        (FileFormat.VRM, {"morph_targets", "texture_size", "texture_atlas"}),
        (FileFormat.USDZ, {"pose", "texture_size", "texture_atlas"}),
        (FileFormat.OBJ, {"pose", "texture_size", "texture_atlas"}),
        (FileFormat.PLY, {"pose"}),
        (FileFormat.STL, {"pose"}),
    ],
)
def test_what_a_format_cannot_hold_makes_no_other_file(format, held) -> None:
    plain = FileOptions(format)
    asked: dict[str, Any] = {
        "pose": RestPose.A if plain.pose is RestPose.T else RestPose.T,
        "morph_targets": ("jawOpen",),
        "texture_size": 256,
        "texture_atlas": 256,
        "compression": Compression.MESHOPT,
    }
    differing = {name for name, value in asked.items() if replace(plain, **{name: value}) != plain}
    assert differing == held
    assert replace(plain, lod=1) != plain
    assert replace(plain, parts=Parts.BODY) != plain
