"""Compressed files, decoded and compared with the plain one: the validator cannot look into them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from services.mesher.adapters.glb import GlbWriter
from services.mesher.adapters.meshopt import in_drawing_order
from services.mesher.domain.model import Compression, FileOptions, Scene
from services.mesher.domain.surface import FloatArray
from tests.unit.mesher import khronos
from tests.unit.mesher.glb_reader import Glb
from tests.unit.mesher.scenes import Studio

SHAPES = ("jawOpen", "mouthSmileLeft", "tongueOut")
TOLERANCE_M = 1e-4
FACES: tuple[dict[str, float], ...] = ({}, {"jawOpen": 1.0}, {"jawOpen": 0.5, "tongueOut": 0.75})


@pytest.fixture(scope="module")
def scene(studio: Studio) -> Scene:
    return studio.scene(FileOptions(morph_targets=SHAPES))


def written(scene: Scene, compression: Compression) -> bytes:
    return GlbWriter().write(scene, FileOptions(compression=compression))


@pytest.fixture(scope="module")
def plain(scene: Scene) -> bytes:
    return written(scene, Compression.NONE)


@pytest.fixture(scope="module")
def meshopt(scene: Scene) -> bytes:
    return written(scene, Compression.MESHOPT)


@pytest.fixture(scope="module")
def draco(scene: Scene) -> bytes:
    return written(scene, Compression.DRACO)


def middles(glb: Glb, name: str, weights: dict[str, float]) -> FloatArray:
    """(m, 3) middles of a mesh's triangles: what is compared when a file may order vertices as it likes."""
    corners: FloatArray = glb.skinned(name, weights)[glb.triangles(name)]
    middle: FloatArray = corners.mean(axis=1)
    return middle


@pytest.mark.parametrize("weights", FACES, ids=str)
def test_meshopt_keeps_every_triangle_in_its_place(
    scene: Scene, plain: bytes, meshopt: bytes, weights: dict[str, float]
) -> None:
    there, here = Glb(plain), Glb(meshopt)
    for part in scene.parts:
        ours, theirs = middles(here, part.name, weights), middles(there, part.name, weights)
        assert len(ours) == len(theirs)
        assert cKDTree(ours).query(theirs)[0].max() < TOLERANCE_M
        assert cKDTree(theirs).query(ours)[0].max() < TOLERANCE_M


def test_meshopt_keeps_what_vertices_carry(scene: Scene, meshopt: bytes) -> None:
    """In the order that the writer chose, every attribute is the part's own."""
    here = Glb(meshopt)
    for part in map(in_drawing_order, scene.parts):
        np.testing.assert_array_equal(here.attribute(part.name, "JOINTS_0"), part.joints)
        np.testing.assert_array_equal(here.attribute(part.name, "WEIGHTS_0"), part.weights / 255)
        normals = here.attribute(part.name, "NORMAL")
        np.testing.assert_allclose(normals, part.normals, atol=0.5 / 127 + 1e-6)
        if part.uv is not None:
            np.testing.assert_allclose(here.attribute(part.name, "TEXCOORD_0"), part.uv, atol=1e-5)
        if part.colors is not None:
            np.testing.assert_array_equal(here.attribute(part.name, "COLOR_0"), part.colors / 255)


def test_drawing_order_changes_nothing_but_the_order(scene: Scene) -> None:
    for part in scene.parts:
        drawn = in_drawing_order(part)
        np.testing.assert_array_equal(
            corners(drawn.positions[drawn.triangles]), corners(part.positions[part.triangles])
        )
        first_use = np.unique(drawn.triangles, return_index=True)[1]
        assert (np.diff(first_use) > 0).all()
        for morph, moved in zip(part.morphs, drawn.morphs, strict=True):
            lifted = part.positions[morph.vertices] + morph.offsets
            np.testing.assert_array_equal(rows(drawn.positions[moved.vertices] + moved.offsets), rows(lifted))


def corners(triangles: FloatArray) -> FloatArray:
    """(m, 3, 3) triangles -> (m, 9), each from its smallest corner on, sorted."""
    flat = [np.roll(triangles, -start, axis=1).reshape(-1, 9) for start in range(3)]
    return rows(np.stack([min(turns, key=tuple) for turns in np.stack(flat, axis=1)]))


def rows(values: FloatArray) -> FloatArray:
    return values[np.lexsort(values.T[::-1])]


@pytest.mark.parametrize("weights", FACES, ids=str)
def test_draco_keeps_every_vertex_in_its_place(
    scene: Scene, plain: bytes, draco: bytes, weights: dict[str, float]
) -> None:
    there, here = Glb(plain), Glb(draco)
    for part in scene.parts:
        np.testing.assert_array_equal(here.triangles(part.name), there.triangles(part.name))
        apart = here.skinned(part.name, weights) - there.skinned(part.name, weights)
        assert np.linalg.norm(apart, axis=1).max() < TOLERANCE_M


def test_draco_keeps_what_vertices_carry(scene: Scene, plain: bytes, draco: bytes) -> None:
    there, here = Glb(plain), Glb(draco)
    for part in scene.parts:
        for attribute in there.primitive(part.name)["attributes"]:
            exact = attribute in ("JOINTS_0", "WEIGHTS_0", "COLOR_0")
            np.testing.assert_allclose(
                here.attribute(part.name, attribute),
                there.attribute(part.name, attribute),
                atol=0.0 if exact else 0.005 if attribute == "NORMAL" else 1e-4,
            )


def test_compressed_files_are_smaller(studio: Studio) -> None:
    bare = {
        compression: len(written(studio.scene(FileOptions()), compression)) for compression in Compression
    }
    assert bare[Compression.MESHOPT] < 0.35 * bare[Compression.NONE]
    assert bare[Compression.DRACO] < 0.5 * bare[Compression.NONE]


@pytest.mark.parametrize("compression", [Compression.MESHOPT, Compression.DRACO])
def test_the_same_parts_give_the_same_bytes(
    scene: Scene, request: pytest.FixtureRequest, compression: Compression
) -> None:
    assert written(scene, compression) == request.getfixturevalue(compression.value)


def test_the_validator_objects_only_to_what_it_cannot_read(
    meshopt: bytes, draco: bytes, tmp_path: Path
) -> None:
    said = {each["code"] for glb in (meshopt, draco) for each in khronos.findings(glb, tmp_path)}
    assert said == {"UNSUPPORTED_EXTENSION", "UNUSED_OBJECT"}
