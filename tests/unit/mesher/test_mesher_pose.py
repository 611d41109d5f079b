"""T pose: arms level, nothing torn, nothing else moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import Appearance, FileOptions, HairPattern, Morph, RestPose, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.pose import arms_level
from services.mesher.domain.variants import Variants
from tests.unit.mesher.conftest import TROUSERS, TSHIRT
from tests.unit.mesher.test_mesher_lod import volume

LOOK = Appearance("#d7a98c", HairPattern.BOB, "#3b2417")
SIDES = (("Left", 1.0), ("Right", -1.0))
FINGERS = ("Index", "Middle", "Ring", "Pinky", "Thumb")


@pytest.fixture(scope="session")
def a_pose(model: BodyModel, outfitter: Outfitter, some_body: Body) -> Scene:
    rig = Rig(model.template.bones, model.template.parents.tolist(), some_body.heads)
    return Scene(outfitter.dress(some_body, LOOK, [TROUSERS, TSHIRT]), rig, {"modelVersion": "test"})


@pytest.fixture(scope="session")
def t_pose(a_pose: Scene) -> Scene:
    return arms_level(a_pose)


def bone(scene: Scene, start: str, end: str) -> np.ndarray:
    at = dict(zip(scene.rig.bones, scene.rig.heads.astype(np.float64), strict=True))
    direction: np.ndarray = at[end] - at[start]
    return direction


def lengths(scene: Scene) -> np.ndarray:
    heads, parents = scene.rig.heads.astype(np.float64), np.array(scene.rig.parents)
    length: np.ndarray = np.linalg.norm(heads[1:] - heads[parents[1:]], axis=1)
    return length


@pytest.mark.parametrize(("side", "sign"), SIDES)
def test_arms_are_straight_and_level_and_palms_face_the_floor(
    t_pose: Scene, a_pose: Scene, side: str, sign: float
) -> None:
    def off_level_deg(scene: Scene, start: str, end: str) -> float:
        direction = bone(scene, f"{side}{start}", f"{side}{end}")
        return float(np.degrees(np.arccos(sign * direction[0] / np.linalg.norm(direction))))

    for start, end in (("Arm", "ForeArm"), ("ForeArm", "Hand"), ("Hand", "HandMiddle1")):
        assert off_level_deg(t_pose, start, end) < 0.1
        assert off_level_deg(a_pose, start, end) > 20.0
    for finger in FINGERS:
        for joint in (1, 2):
            piece = bone(t_pose, f"{side}Hand{finger}{joint}", f"{side}Hand{finger}{joint + 1}")
            assert abs(piece[1]) / np.linalg.norm(piece) < 0.002
            assert sign * piece[0] > 0.0
    knuckles = bone(t_pose, f"{side}HandPinky1", f"{side}HandIndex1")
    assert knuckles[2] > 0.04
    assert abs(knuckles[1]) < 1e-4


def test_bones_keep_their_lengths_and_all_but_the_arms_their_places(t_pose: Scene, a_pose: Scene) -> None:
    np.testing.assert_allclose(lengths(t_pose), lengths(a_pose), rtol=0, atol=1e-6)
    still = [at for at, name in enumerate(a_pose.rig.bones) if not ("ForeArm" in name or "Hand" in name)]
    np.testing.assert_array_equal(t_pose.rig.heads[still], a_pose.rig.heads[still])
    assert (t_pose.rig.bones, t_pose.rig.parents) == (a_pose.rig.bones, a_pose.rig.parents)


def test_the_skin_keeps_its_volume_and_its_floor(
    model: BodyModel, outfitter: Outfitter, some_body: Body, a_pose: Scene
) -> None:
    whole = replace(a_pose, parts=outfitter.bare(some_body, LOOK))
    before, after = whole.parts[0], arms_level(whole).parts[0]
    assert volume(after) == pytest.approx(volume(before), rel=0.01)
    assert after.positions[:, 1].min() == 0.0
    arm = model.template.bones.index("LeftHand")
    hand = (after.joints[:, 0] == arm) & (after.weights[:, 0] == 255)
    np.testing.assert_allclose(
        spread(after.positions[hand]), spread(before.positions[hand]), rtol=0, atol=1e-4
    )


def spread(points: np.ndarray) -> np.ndarray:
    """Sorted distances of points (n, 3) from their centroid: what a rigid motion leaves alone."""
    distances: np.ndarray = np.sort(np.linalg.norm(points - points.mean(axis=0, dtype=np.float64), axis=1))
    return distances


def test_what_hangs_on_no_arm_stays_to_the_bit(t_pose: Scene, a_pose: Scene) -> None:
    arm = [at for at, name in enumerate(a_pose.rig.bones) if "Arm" in name or "Hand" in name]
    for before, after in zip(a_pose.parts, t_pose.parts, strict=True):
        still = ~(np.isin(before.joints, arm) & (before.weights > 0)).any(axis=1)
        np.testing.assert_array_equal(after.positions[still], before.positions[still])
        np.testing.assert_array_equal(after.normals[still], before.normals[still])
        assert still.all() == (before.name in {"eyes", "lashes", "teeth", "tongue", "trousers", "hair"})
        assert {str(after.positions.dtype), str(after.normals.dtype)} == {"float32"}
        np.testing.assert_allclose(np.linalg.norm(after.normals, axis=1), 1.0, atol=1e-5)


def test_sleeves_go_with_the_arms(t_pose: Scene) -> None:
    skin, top = t_pose.parts[0], next(part for part in t_pose.parts if part.name == "tshirt")
    shoulder = bone(t_pose, "Hips", "LeftArm") + t_pose.rig.heads[0]
    elbow = shoulder + bone(t_pose, "LeftArm", "LeftForeArm")
    hem = top.positions[top.positions[:, 0] > top.positions[:, 0].max() - 0.02]
    assert shoulder[0] < hem[:, 0].min()
    assert hem[:, 0].max() < elbow[0]
    # The sleeve goes round the arm.
    angles = np.sort(np.arctan2(hem[:, 1] - shoulder[1], hem[:, 2] - shoulder[2]))
    assert np.diff(angles).max() < 0.6
    under = skin.positions[np.abs(skin.positions[:, 0] - hem[:, 0].mean()) < 0.02]
    assert np.linalg.norm(hem[:, 1:] - shoulder[1:], axis=1).min() > 0.5 * np.ptp(under[:, 1]) - 0.02


def test_morphs_turn_with_their_vertices(a_pose: Scene) -> None:
    body = a_pose.parts[0]
    swell = Morph("swell", np.arange(len(body.positions)), 0.01 * body.normals, 0.0 * body.normals)
    swollen = replace(body, positions=body.positions + swell.offsets)
    carried, expected = arms_level(replace(a_pose, parts=[replace(body, morphs=(swell,)), swollen])).parts
    (morph,) = carried.morphs
    np.testing.assert_allclose(carried.positions + morph.offsets, expected.positions, rtol=0, atol=2e-6)
    assert np.linalg.norm(morph.offsets - swell.offsets, axis=1).max() > 0.005


def test_a_pose_is_the_scene_itself(
    model: BodyModel, outfitter: Outfitter, some_body: Body, a_pose: Scene
) -> None:
    assert Variants(model, outfitter).make(a_pose, some_body, FileOptions(pose=RestPose.A)) is a_pose
