"""The written file, read back by a reader of our own, by trimesh and by Khronos' validator."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from bodymodel.expressions import EXPRESSIONS
from services.mesher.adapters import png
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.model import FileOptions, RestPose, Scene
from services.mesher.domain.paint import Texture
from tests.unit.mesher import khronos
from tests.unit.mesher.conftest import DRESS, MODELS
from tests.unit.mesher.glb_reader import Glb
from tests.unit.mesher.scenes import Studio

SPEAKING = FileOptions(morph_targets=EXPRESSIONS)


@pytest.fixture(scope="module")
def scene(studio: Studio) -> Scene:
    return studio.scene(FileOptions())


@pytest.fixture(scope="module")
def glb(scene: Scene) -> bytes:
    return GlbWriter().write(scene, FileOptions())


@pytest.fixture(scope="module")
def speaking(studio: Studio) -> bytes:
    return GlbWriter().write(studio.scene(SPEAKING), SPEAKING)


def test_trimesh_finds_every_mesh(scene: Scene, speaking: bytes) -> None:
    loaded: Any = trimesh.load(io.BytesIO(speaking), file_type="glb")
    assert set(loaded.geometry) == {part.name for part in scene.parts}


def test_provenance_names_each_part_the_model_and_the_shapes(
    scene: Scene, glb: bytes, speaking: bytes
) -> None:
    meshes = [part.name for part in scene.parts]
    extras = Glb(glb).content["asset"]["extras"]
    assert extras["modelVersion"] == "test"
    assert [part["name"] for part in extras["parts"]] == [*meshes, "body model"]
    shaped = Glb(speaking).content["asset"]["extras"]["parts"]
    assert [part["name"] for part in shaped] == [*meshes, "body model", "face shapes"]
    assert all(part["licence"] and part["source"] for part in shaped)


def test_the_bind_pose_is_the_mesh_itself(scene: Scene, glb: bytes) -> None:
    written = Glb(glb)
    for part in scene.parts:
        np.testing.assert_allclose(written.skinned(part.name), part.positions, atol=1e-6)
        np.testing.assert_array_equal(written.triangles(part.name), part.triangles)


def test_bones_stand_at_their_heads_below_the_armature(glb: bytes, model: BodyModel, studio: Studio) -> None:
    written = Glb(glb)
    nodes, world, (skin,) = written.content["nodes"], written.world(), written.content["skins"]
    assert nodes[written.content["scenes"][0]["nodes"][0]]["name"] == "Armature"
    assert [nodes[child]["name"] for child in written.node("Armature")["children"]] == ["Hips"]
    assert nodes[skin["skeleton"]]["name"] == "Hips"
    assert [nodes[joint]["name"] for joint in skin["joints"]] == [
        *model.template.bones,
        "LeftEye",
        "RightEye",
    ]
    heads = np.array([world[joint][:3, 3] for joint in skin["joints"]])
    np.testing.assert_allclose(heads[:-2], studio.body.heads, atol=1e-6)


def test_every_bone_runs_along_its_own_y(glb: bytes) -> None:
    """As Mixamo's do; the torso's stand upright, and collar bones and toes lie level."""
    written = Glb(glb)
    nodes, world = written.content["nodes"], written.world()
    number = {node["name"]: index for index, node in enumerate(nodes)}
    for side in ("Left", "Right"):
        for bone, following in [
            *((f"{side}{one}", f"{side}{two}") for one, two in (("Arm", "ForeArm"), ("ForeArm", "Hand"))),
            *((f"{side}{one}", f"{side}{two}") for one, two in (("UpLeg", "Leg"), ("Leg", "Foot"))),
            (f"{side}HandIndex2", f"{side}HandIndex3"),
        ]:
            local = np.linalg.inv(world[number[bone]]) @ world[number[following]][:, 3]
            assert local[1] > 0.015
            np.testing.assert_allclose(local[[0, 2]], 0.0, atol=1e-6)
    for bone, axes in {
        "Spine2": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "LeftShoulder": [[0, 0, -1], [1, 0, 0], [0, -1, 0]],
        "RightShoulder": [[0, 0, 1], [-1, 0, 0], [0, -1, 0]],
    }.items():
        np.testing.assert_allclose(world[number[bone]][:3, :3].T, axes, atol=1e-6)
    # A bent knee goes back and a bent elbow forward for positive turns about the same axes as in Mixamo's skeleton.
    assert world[number["LeftLeg"]][0, 0] < -0.99
    assert world[number["LeftForeArm"]][2, 0] < -0.9 < 0.9 < world[number["RightForeArm"]][2, 0]


def test_an_eye_turns_about_its_own_middle(scene: Scene, glb: bytes) -> None:
    written = Glb(glb)
    (skin,) = written.content["skins"]
    points = written.attribute("eyes", "POSITION")
    joints, weights = written.attribute("eyes", "JOINTS_0"), written.attribute("eyes", "WEIGHTS_0")
    np.testing.assert_array_equal(weights, [[1, 0, 0, 0]] * len(points))
    world = written.world()
    for joint in (52, 53):
        eye = points[joints[:, 0] == joint]
        radii = np.linalg.norm(eye - world[skin["joints"][joint]][:3, 3], axis=1)
        assert len(eye) == len(points) / 2
        assert np.ptp(radii) < 0.2 * radii.mean()


def test_shapes_are_where_their_vertices_are(studio: Studio, speaking: bytes) -> None:
    written = Glb(speaking)
    for part in studio.scene(SPEAKING).parts:
        mesh = written.content["meshes"][written.node(part.name)["mesh"]]
        if not part.morphs:
            assert mesh.keys() == {"name", "primitives"}
            continue
        assert mesh["extras"]["targetNames"] == list(EXPRESSIONS)
        assert mesh["weights"] == [0.0] * len(EXPRESSIONS)
        for morph in part.morphs:
            whole = np.zeros((2, len(part.positions), 3), np.float32)
            whole[:, morph.vertices] = morph.offsets, morph.normals
            np.testing.assert_array_equal(written.target(part.name, morph.name, "POSITION"), whole[0])
            np.testing.assert_array_equal(written.target(part.name, morph.name, "NORMAL"), whole[1])


def test_the_same_body_gives_the_same_bytes(speaking: bytes) -> None:
    assert GlbWriter().write(Studio.opened(MODELS, [DRESS]).scene(SPEAKING), SPEAKING) == speaking


def test_a_picture_survives_png() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    data = png.encode(Texture(pixels))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (7, 5)


@pytest.mark.parametrize(
    "options",
    [
        FileOptions(),
        SPEAKING,
        FileOptions(lod=2, pose=RestPose.T),
        FileOptions(lod=1, morph_targets=EXPRESSIONS),
        FileOptions(lod=3, texture_size=256),
        FileOptions(morph_targets=("jawOpen", "viseme_aa"), texture_atlas=256),
    ],
    ids=["plain", "shapes", "T pose", "coarser", "coarsest", "atlas"],
)
def test_the_validator_finds_nothing_to_say(studio: Studio, options: FileOptions, tmp_path: Path) -> None:
    written = GlbWriter().write(studio.scene(options), options)
    assert khronos.findings(written, tmp_path) == []
