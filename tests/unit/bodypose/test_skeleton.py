"""The skeleton: the template's bones, and where turns take them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from bodypose.arrays import crossed
from bodypose.joints import FRAMES, REST, angles_of, turns_at
from bodypose.skeleton import (
    BONES,
    INDEX,
    PARENTS,
    Pose,
    Support,
    UnknownBoneError,
    forward,
    inverse,
    matrices,
    pose_of,
    product,
    swapped,
    turns_of,
)

MODELS = Path(__file__).parents[3] / "models"
UP = (0.0, 1.0, 0.0)


def random_turns(seed: int, count: int = 4) -> np.ndarray:
    turns = np.random.default_rng(seed).standard_normal((count, len(BONES), 4))
    unit: np.ndarray = turns / np.linalg.norm(turns, axis=-1, keepdims=True)
    return unit


def bent(bone: str, flexion: float = 0.0, abduction: float = 0.0, rotation: float = 0.0) -> np.ndarray:
    angles = np.zeros((len(BONES), 3))
    angles[INDEX[bone]] = np.radians([flexion, abduction, rotation])
    return turns_at(angles)


def head_of(turns: np.ndarray, bone: str) -> np.ndarray:
    _, heads = forward(turns, REST)
    head: np.ndarray = heads[INDEX[bone]]
    return head


def test_bones_are_those_of_the_template() -> None:
    template = Template.load(MODELS)
    assert template.bones == BONES
    assert tuple(template.parents) == PARENTS


def test_the_middling_body_is_the_mean_of_the_shape_space() -> None:
    template = Template.load(MODELS)
    space = ShapeSpace.load(MODELS, template)
    _, heads = space.standing(np.zeros(space.size))
    np.testing.assert_allclose(heads, REST, atol=1e-3)


@given(st.integers(0, 2**32 - 1))
def test_products_and_inverses_are_those_of_matrices(seed: int) -> None:
    first, second = random_turns(seed, 2)
    np.testing.assert_allclose(
        matrices(product(first, second)), matrices(first) @ matrices(second), atol=1e-12
    )
    np.testing.assert_allclose(matrices(inverse(first)), matrices(first).swapaxes(-1, -2), atol=1e-12)
    np.testing.assert_allclose(matrices(first), Rotation.from_quat(first).as_matrix(), atol=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_bones_keep_their_lengths_and_follow_their_parents(seed: int) -> None:
    turns = random_turns(seed)
    world, heads = forward(turns, REST)
    for bone, parent in enumerate(PARENTS):
        if parent >= 0:
            offset = np.einsum("pij,j->pi", world[:, parent], REST[bone] - REST[parent])
            np.testing.assert_allclose(heads[:, bone], heads[:, parent] + offset, atol=1e-12)
    np.testing.assert_allclose(heads[:, 0], np.tile(REST[0], (4, 1)))


def test_many_poses_at_once_are_as_each_alone() -> None:
    turns = random_turns(3)
    world, heads = forward(turns, REST)
    alone = [forward(one, REST) for one in turns]
    np.testing.assert_array_equal(world, np.stack([each[0] for each in alone]))
    np.testing.assert_array_equal(heads, np.stack([each[1] for each in alone]))


def test_a_pose_is_its_quaternions_and_back() -> None:
    turn = (0.5, 0.5, -0.5, 0.5)
    pose = Pose({"LeftArm": turn, "Head": (0.0, 0.6, 0.0, 0.8)}, Support.SEAT)
    assert pose_of(turns_of(pose), Support.SEAT) == pose
    doubled = Pose({"LeftArm": (1.0, 1.0, -1.0, 1.0)})
    np.testing.assert_array_equal(turns_of(doubled)[INDEX["LeftArm"]], turn)


def test_bones_and_quaternions_that_are_none_are_refused() -> None:
    with pytest.raises(UnknownBoneError, match="Tail"):
        turns_of(Pose({"Tail": (0.0, 0.0, 0.0, 1.0)}))
    with pytest.raises(ValueError, match="no length"):
        turns_of(Pose({"Head": (0.0, 0.0, 0.0, 0.0)}))


@given(st.integers(0, 2**32 - 1))
def test_exchanging_the_sides_mirrors_the_body(seed: int) -> None:
    turns = random_turns(seed)
    heads = forward(turns, REST)[1]
    other = forward(swapped(turns), REST)[1]
    order = [
        INDEX[bone.replace("Left", "Right") if "Left" in bone else bone.replace("Right", "Left")]
        for bone in BONES
    ]
    np.testing.assert_allclose(other[:, order], heads * [-1.0, 1.0, 1.0], atol=1e-12)
    np.testing.assert_array_equal(swapped(swapped(turns)), turns)


@given(st.integers(0, 2**32 - 1))
def test_every_turn_has_three_numbers(seed: int) -> None:
    turns = random_turns(seed)
    angles = angles_of(turns)
    np.testing.assert_allclose(matrices(turns_at(angles)), matrices(turns), atol=1e-9)
    np.testing.assert_allclose(angles_of(-turns), angles, atol=1e-9)
    assert (np.abs(angles) <= np.pi + 1e-9).all()


def test_frames_are_square_and_right_sides_have_the_left_ones() -> None:
    np.testing.assert_allclose(FRAMES @ FRAMES.swapaxes(1, 2), np.tile(np.eye(3), (52, 1, 1)), atol=1e-12)
    np.testing.assert_array_equal(FRAMES[INDEX["LeftArm"]], FRAMES[INDEX["RightArm"]])


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize(
    ("bone", "turn", "seen", "axis", "way"),
    [
        ("UpLeg", {"flexion": 60}, "Leg", 2, 1),
        ("UpLeg", {"abduction": 30}, "Foot", 0, 1),
        ("UpLeg", {"rotation": 30}, "ToeBase", 0, -1),
        ("Leg", {"flexion": 60}, "Foot", 2, -1),
        ("Foot", {"flexion": 20}, "ToeBase", 1, 1),
        ("Shoulder", {"flexion": 20}, "Arm", 1, 1),
        ("Arm", {"flexion": 60}, "ForeArm", 2, 1),
        ("Arm", {"abduction": 60}, "ForeArm", 1, 1),
        ("ForeArm", {"flexion": 60}, "Hand", 2, 1),
        ("ForeArm", {"rotation": 60}, "HandThumb3", 0, -1),
        ("Hand", {"flexion": 60}, "HandMiddle1", 0, -1),
        ("Hand", {"abduction": 20}, "HandMiddle1", 2, 1),
        ("HandIndex1", {"flexion": 60}, "HandIndex3", 0, -1),
        ("HandThumb1", {"abduction": 30}, "HandThumb3", 0, -1),
    ],
)
def test_joints_turn_the_way_anatomy_says(
    side: str, bone: str, turn: dict[str, float], seen: str, axis: int, way: int
) -> None:
    """`way` is the left side's; on the right one left and right are exchanged."""
    moved = head_of(bent(side + bone, **turn), side + seen) - REST[INDEX[side + seen]]
    outward = -1 if axis == 0 and side == "Right" else 1
    assert moved[axis] * way * outward > 0.004


def test_the_trunk_bends_forward_to_the_right_and_turns_left() -> None:
    for bone, seen in (("Spine", "Neck"), ("Neck", "Head")):
        assert head_of(bent(bone, flexion=20), seen)[2] > REST[INDEX[seen]][2]
        assert head_of(bent(bone, abduction=20), seen)[0] < 0.0
    turned = matrices(bent("Head", rotation=30)[INDEX["Head"]])
    assert (turned @ [0.0, 0.0, 1.0])[0] > 0.4
    np.testing.assert_allclose(turned @ UP, UP, atol=1e-12)


@pytest.mark.parametrize(("left", "right"), [((5, 4, 3), (5, 1, 3)), ((3,), (3,)), ((3,), (7, 3))])
def test_cross_products_are_numpys_to_the_bit(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal(left), rng.standard_normal(right)
    assert (crossed(a, b) == np.cross(a, b)).all()
