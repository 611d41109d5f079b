"""Cloth that falls: it keeps its lengths, stays off the body, and comes down as cloth does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from bodypose.skeleton import Pose, Support, pose_of
from services.mesher.domain import surface
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import Appearance, HairPattern, Part, Pattern, Rig, Scene
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.patches import Patches
from services.mesher.domain.posing import Poser
from services.mesher.domain.settling import Settling
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.weld import Weld
from tests.unit.bodypose.angles import SEATED, STRIDE, Angles, turned
from tests.unit.mesher.conftest import TSHIRT, garment

LOOK = Appearance("#d7a98c", HairPattern.NONE, "")
CIRCLE = garment(Pattern.SKIRT, {"hem": 0.7, "flare": 0.6}, {"waist": 0.775, "hip": 0.99}, "skirt")
CROSSED: Angles = {"UpLeg": (90, -15, 0), "Leg": (85, 0, 0)}
SIDE_M, CELLS = 0.24, 24


def cloth_sheet() -> tuple[FloatArray, IntArray]:
    """A level square of cloth, its vertices a centimetre apart, a metre and a half above the floor."""
    across = np.linspace(0.0, SIDE_M, CELLS + 1)
    x, z = (grid.ravel() for grid in np.meshgrid(across, across))
    corner = (np.arange(CELLS)[:, None] * (CELLS + 1) + np.arange(CELLS)).ravel()
    right, below, beyond = corner + 1, corner + CELLS + 1, corner + CELLS + 2
    triangles = np.concatenate(
        [np.stack([corner, below, right], axis=1), np.stack([right, below, beyond], axis=1)]
    )
    return np.stack([x, np.full_like(x, 1.5), z], axis=1), triangles


def ball(centre: FloatArray, radius: float) -> Obstacle:
    """A ball's surface, in points a few millimetres apart."""
    number = np.arange(20_000)
    height = 1.0 - 2.0 * (number + 0.5) / len(number)
    turn = number * np.pi * (3.0 - np.sqrt(5.0))
    around = np.sqrt(1.0 - height**2)
    outwards = np.stack([around * np.cos(turn), height, around * np.sin(turn)], axis=1)
    return Obstacle.of([Layer(centre + radius * outwards, outwards, np.ones(len(number), bool))])


LEVEL = np.ones((CELLS + 1) ** 2)
FAR_AWAY = ball(np.array([0.0, -50.0, 0.0]), 0.1)


def unlaid(points: FloatArray, hanging: FloatArray) -> FloatArray:
    return points


def lengths(points: FloatArray, edges: IntArray) -> FloatArray:
    length: FloatArray = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    return length


def settling_of(points: FloatArray, triangles: IntArray, loose: FloatArray) -> Settling:
    made = Settling.of(Weld.of(points, triangles), points, triangles, loose)
    assert made is not None
    return made


def test_a_sheet_that_is_held_by_one_edge_hangs_straight_down_from_it() -> None:
    points, triangles = cloth_sheet()
    loose = np.clip((points[:, 2] - 0.02) / 0.08, 0.0, 1.0)
    fallen = settling_of(points, triangles, loose).settled(points, LEVEL, FAR_AWAY, unlaid)
    held = loose == 0.0
    np.testing.assert_array_equal(fallen[held], points[held])
    stretch = lengths(fallen, surface.undirected_edges(triangles)) / lengths(
        points, surface.undirected_edges(triangles)
    )
    assert np.percentile(stretch, 99) < 1.2
    free_end = points[:, 2] == SIDE_M
    # From where it is held to its end there are 22 cm of cloth: they hang.
    assert (points[free_end, 1] - fallen[free_end, 1]).min() > 0.19
    assert fallen[free_end, 2].max() < 0.06


@settings(max_examples=10, deadline=None)
@given(st.floats(0.0, 2.0 * np.pi))
def test_it_falls_the_same_way_wherever_it_faces(angle: float) -> None:
    points, triangles = cloth_sheet()
    settling = settling_of(points, triangles, np.clip((points[:, 2] - 0.02) / 0.08, 0.0, 1.0))
    turn = Rotation.from_rotvec([0.0, angle, 0.0])
    fallen = settling.settled(points, LEVEL, FAR_AWAY, unlaid)
    around = settling.settled(turn.apply(points), LEVEL, FAR_AWAY, unlaid)
    np.testing.assert_allclose(around, turn.apply(fallen), atol=2e-5)


def test_a_sheet_comes_down_onto_a_ball_and_stays_outside_of_it() -> None:
    points, triangles = cloth_sheet()
    middle = np.array([SIDE_M / 2.0, 1.38, SIDE_M / 2.0])
    fallen = settling_of(points, triangles, np.ones(len(points))).settled(
        points, LEVEL, ball(middle, 0.08), unlaid
    )
    away = np.linalg.norm(fallen[triangles].mean(axis=1) - middle, axis=1)
    assert away.min() > 0.08
    assert away.min() < 0.095
    corner = np.linalg.norm(points[:, [0, 2]] - middle[[0, 2]], axis=1) > 0.16
    assert fallen[corner, 1].max() < middle[1] + 0.04


def test_what_carries_the_cloth_carries_hems_and_seams_without_a_change() -> None:
    points, triangles = cloth_sheet()
    points[:, 1] += 0.02 * np.sin(25.0 * points[:, 0])
    twice = np.concatenate([points, points[:5]])
    weld = Weld.of(twice, triangles)
    patches = Patches.of(weld.joined(twice), weld.edges)
    turn, way = Rotation.from_rotvec([0.4, -1.1, 0.3]), np.array([0.3, -0.2, 0.1])
    carried = weld.spread(patches.at(turn.apply(patches.rest) + way))
    np.testing.assert_allclose(carried, turn.apply(twice) + way, atol=1e-12)
    np.testing.assert_array_equal(carried[-5:], carried[:5])


def test_what_lies_inside_of_borders_is_so_many_edges_from_them() -> None:
    points, triangles = cloth_sheet()
    inside = Weld.of(points, triangles).inside(triangles, 3).reshape(CELLS + 1, CELLS + 1)
    expected = np.zeros((CELLS + 1, CELLS + 1), bool)
    expected[4:-4, 4:-4] = True
    np.testing.assert_array_equal(inside, expected)


def test_cloth_that_nothing_lets_go_does_not_fall() -> None:
    points, triangles = cloth_sheet()
    assert Settling.of(Weld.of(points, triangles), points, triangles, np.zeros(len(points))) is None


@pytest.fixture(scope="module")
def poser(model: BodyModel, outfitter: Outfitter) -> Poser:
    return Poser(model, outfitter)


@pytest.fixture(scope="module")
def clothed(model: BodyModel, outfitter: Outfitter, mean_body: Body) -> Scene:
    """All of the skin, which says what is inside, and clothes over it."""
    rig = Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads)
    dressed = outfitter.dress(mean_body, LOOK, [CIRCLE, TSHIRT])
    return Scene([*outfitter.bare(mean_body, LOOK), *dressed[-2:]], rig, {})


def posed(poser: Poser, scene: Scene, body: Body, angles: Angles, support: Support) -> Scene:
    pose: Pose = poser.hold(body, pose_of(turned(angles), support)).pose
    return poser.figure(scene, body).at(pose)


def named(scene: Scene, name: str) -> Part:
    return next(part for part in scene.parts if part.name == name)


@pytest.mark.parametrize(
    ("angles", "support"), [(SEATED, Support.SEAT), (CROSSED, Support.SEAT), (STRIDE, Support.FEET)]
)
def test_clothes_in_a_pose_are_hardly_stretched(
    poser: Poser,
    clothed: Scene,
    mean_body: Body,
    angles: Angles,
    support: Support,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edges = surface.undirected_edges(named(clothed, "skirt").triangles)
    rest = lengths(named(clothed, "skirt").positions, edges)
    whole = rest > 0.004

    def stretched() -> float:
        skirt = named(posed(poser, clothed, mean_body, angles, support), "skirt")
        return float((lengths(skirt.positions, edges) > 1.5 * rest)[whole].mean())

    fallen = stretched()
    monkeypatch.setattr(Settling, "of", lambda *_: None)
    assert fallen < 0.03
    assert stretched() > 1.4 * fallen


def test_the_skirt_of_who_sits_hangs_from_the_knees(poser: Poser, clothed: Scene, mean_body: Body) -> None:
    seated = posed(poser, clothed, mean_body, SEATED, Support.SEAT)
    skirt, bones = named(seated, "skirt").positions, clothed.rig.bones
    knees = seated.rig.heads[[bones.index(f"{side}Leg") for side in ("Left", "Right")]]
    before = skirt[skirt[:, 2] > knees[:, 2].max()]
    # It reaches to the middle of the shins: what lies before the knees has come down below them.
    assert before[:, 1].min() < knees[:, 1].min() - 0.10
    assert before[:, 2].max() < knees[:, 2].max() + 0.14


def test_garments_stay_over_those_below_and_over_skin(poser: Poser, clothed: Scene, mean_body: Body) -> None:
    seated = posed(poser, clothed, mean_body, SEATED, Support.SEAT)
    skin, skirt, shirt = (named(seated, name) for name in ("body", "skirt", "tshirt"))

    def inside(part: Part, below: Part) -> float:
        layer = Layer(below.positions, below.normals, np.ones(len(below.positions), bool))
        height, _ = Obstacle.of([layer]).heights(part.positions[part.triangles].mean(axis=1))
        return float((height < -0.002).mean())

    assert inside(skirt, skin) < 0.02
    assert inside(shirt, skirt) < 0.03


def test_a_pose_settles_in_the_same_way_every_time(poser: Poser, clothed: Scene, mean_body: Body) -> None:
    first, second = (posed(poser, clothed, mean_body, CROSSED, Support.SEAT) for _ in range(2))
    for one, other in zip(first.parts, second.parts, strict=True):
        np.testing.assert_array_equal(one.positions, other.positions)
    moved = replace(clothed, parts=clothed.parts[:-1])
    without = posed(poser, moved, mean_body, CROSSED, Support.SEAT)
    np.testing.assert_array_equal(named(without, "skirt").positions, named(first, "skirt").positions)
