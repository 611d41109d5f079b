"""Poses on bodies of other builds: limbs stay outside, hands stay where they rest, and soles on the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import open3d as o3d
import pytest
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from bodypose.clearance import Clearance
from bodypose.ground import Ground
from bodypose.limbs import Limbs
from bodypose.resting import centroid
from bodypose.skeleton import BONES, INDEX, Support, swapped
from tests.unit.bodypose.angles import ARMS_DOWN, HANDS_ON_HIPS, LONG_SEATED, SEATED, STRIDE, Angles, turned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bodypose.arrays import FloatArray
    from tests.unit.bodypose.conftest import Standing

Mask = NDArray[np.bool_]
GIVES_M = 0.006
"""Flesh gives so much; the trunk's skin is looked at with edges of 3 cm."""
FLOATS_M = 0.012
ARMS = ("LeftForeArm", "RightForeArm", "LeftHand", "RightHand")


@pytest.fixture(scope="module")
def clearance(mean: Standing) -> Clearance:
    return Clearance(mean.template, mean.flesh.skin, mean.vertices, mean.heads)


def on(
    clearance: Clearance, body: Standing, own: FloatArray, support: Support = Support.FEET
) -> tuple[FloatArray, FloatArray]:
    """The pose as the body holds it, and its skin."""
    fitted = clearance.fitted(own, clearance.posable(body.flesh, body.vertices), support)
    return fitted, body.flesh.body(body.stance(fitted), body.vertices)[0]


def of_limbs(body: Standing, *limbs: str) -> Mask:
    """(n,) skin whose strongest bone's name starts so."""
    names = np.array(body.template.bones)[body.template.dominant_bones()[: body.template.body_vertices]]
    return np.array([name.startswith(limbs) for name in names])


def heights(body: Standing, skin: FloatArray, moving: Mask, still: Mask) -> FloatArray:
    """Metres from some of a posed skin to other parts of it, negative inside: found by rays, not by planes."""
    triangles = body.template.body.triangles
    solid = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(skin),
        o3d.utility.Vector3iVector(triangles[still[triangles].all(axis=1)]),
    )
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(o3d.t.geometry.TriangleMesh.from_legacy(solid.remove_unreferenced_vertices()))
    points = skin[moving].astype(np.float32)
    distance = scene.compute_distance(o3d.core.Tensor.from_numpy(points), nthreads=1).numpy()
    directions = np.random.default_rng(1).standard_normal((9, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    votes = np.zeros(len(points))
    for direction in directions:
        rays = np.concatenate([points, np.tile(direction, (len(points), 1))], axis=1).astype(np.float32)
        votes += scene.count_intersections(o3d.core.Tensor.from_numpy(rays), nthreads=1).numpy() % 2
    # The trunk alone is open where limbs leave it: most directions decide.
    over: FloatArray = np.where(votes > len(directions) / 2, -distance, distance)
    return over


def arms_over_body(body: Standing, skin: FloatArray) -> FloatArray:
    arms = of_limbs(body, *ARMS)
    return heights(body, skin, arms, of_limbs(body, "Hips", "Spine", "LeftUpLeg", "RightUpLeg"))


@pytest.mark.parametrize("angles", [ARMS_DOWN, HANDS_ON_HIPS], ids=["down", "hips"])
def test_arms_stay_out_of_a_heavy_body(
    clearance: Clearance, others: Mapping[str, Standing], angles: Angles
) -> None:
    heavy, own = others["heavy"], turned(angles)
    through, _ = heavy.flesh.body(heavy.stance(own), heavy.vertices)
    _, skin = on(clearance, heavy, own)
    assert arms_over_body(heavy, through).min() < -GIVES_M
    assert arms_over_body(heavy, skin).min() > -GIVES_M


@pytest.mark.parametrize("build", ["thin", "heavy"])
def test_hands_rest_on_the_hips_of_every_build(
    clearance: Clearance, others: Mapping[str, Standing], build: str
) -> None:
    body = others[build]
    _, skin = on(clearance, body, turned(HANDS_ON_HIPS))
    for side in ("Left", "Right"):
        hand = of_limbs(body, f"{side}Hand")
        over = heights(body, skin, hand, of_limbs(body, "Hips", "Spine", "LeftUpLeg", "RightUpLeg"))
        assert -GIVES_M < over.min() < FLOATS_M


def test_without_reaching_a_hand_floats_beside_a_thin_hip(others: Mapping[str, Standing]) -> None:
    thin = others["thin"]
    skin, _ = thin.flesh.body(thin.stance(turned(HANDS_ON_HIPS)), thin.vertices)
    assert arms_over_body(thin, skin).min() > FLOATS_M


def test_a_pose_that_is_clear_is_left_to_the_bit(clearance: Clearance, mean: Standing) -> None:
    own = turned({"Arm": (30, 20, 0), "ForeArm": (40, 0, 0), "UpLeg": (20, 10, 0)})
    fitted, _ = on(clearance, mean, own)
    assert (fitted == own).all()


def test_an_arm_turns_by_no_more_than_it_takes(clearance: Clearance, others: Mapping[str, Standing]) -> None:
    heavy = others["heavy"]
    _, skin = on(clearance, heavy, turned(ARMS_DOWN))
    limbs = Limbs.of(heavy.template, heavy.vertices, heavy.heads)
    for side in ("Left", "Right"):
        arm = np.isin(np.arange(len(skin)), limbs.vertices[limbs.arms[side]])
        over = heights(heavy, skin, arm, of_limbs(heavy, "Hips", "Spine", "LeftUpLeg", "RightUpLeg"))
        assert over.min() < FLOATS_M


def test_legs_part_where_thighs_are_heavy(clearance: Clearance, others: Mapping[str, Standing]) -> None:
    heavy, own = others["heavy"], turned({**STRIDE, "LeftUpLeg": (10, -12, 0), "RightUpLeg": (-10, -12, 0)})
    fitted, skin = on(clearance, heavy, own)
    changed = {
        bone for bone, before, after in zip(BONES, own, fitted, strict=True) if (before != after).any()
    }
    assert {"LeftUpLeg", "RightUpLeg"} <= changed
    lower = [of_limbs(heavy, f"{side}Leg", f"{side}Foot") for side in ("Left", "Right")]
    assert heights(heavy, skin, lower[0], lower[1]).min() > -GIVES_M


def test_mirrored_poses_are_fitted_alike(clearance: Clearance, mean: Standing) -> None:
    own = turned({"LeftArm": (0, -38, 0), "RightArm": (20, -38, 10), "ForeArm": (10, 0, 0)})
    here, _ = on(clearance, mean, own)
    there, _ = on(clearance, mean, swapped(own))
    np.testing.assert_allclose(np.abs(np.sum(swapped(there) * here, axis=1)), 1.0, atol=1e-4)


@pytest.mark.parametrize("angles", [STRIDE, SEATED, {}], ids=["stride", "seated", "rest"])
def test_the_lowest_point_is_on_the_floor(mean: Standing, angles: Angles) -> None:
    ground = Ground.of(mean.template)
    skin, _ = mean.flesh.body(mean.stance(turned(angles)), mean.vertices)
    assert (skin + ground.drop(skin))[:, 1].min() == 0.0


def test_a_seat_is_as_high_as_the_thighs_lie(mean: Standing) -> None:
    ground = Ground.of(mean.template)
    skin, _ = mean.flesh.body(mean.stance(turned(SEATED)), mean.vertices)
    height = ground.seat_height(skin + ground.drop(skin))
    assert 0.3 < height < mean.heads[INDEX["LeftLeg"], 1]


@pytest.mark.parametrize("build", ["thin", "heavy"])
def test_a_body_that_sits_on_the_floor_comes_to_rest(
    clearance: Clearance, mean: Standing, others: Mapping[str, Standing], build: str
) -> None:
    body, own = others[build], turned(LONG_SEATED)
    tipped, through = on(clearance, body, own)
    fitted, skin = on(clearance, body, own, Support.FLOOR)
    assert margin(body, through) < 0.0
    assert margin(body, skin) > 0.0
    assert (fitted[1:] == tipped[1:]).all()
    assert (fitted[0] != tipped[0]).any()


def margin(body: Standing, skin: FloatArray) -> float:
    """Metres that the middle of a body lies inside of the skin that is within 30 mm of the floor."""
    carried = skin[skin[:, 1] < skin[:, 1].min() + 0.03][:, [0, 2]]
    edges = ConvexHull(carried).equations
    middle = centroid(skin, body.template.body.triangles)[[0, 2]]
    return -float((edges[:, :2] @ middle + edges[:, 2]).max())
