"""Motion files of skeletons as other programs have them, in poses that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose.joints import REST
from bodypose.skeleton import BONES, INDEX, PARENTS, forward

_SIDED = ("Shoulder", "Arm", "ForeArm", "Hand", "UpLeg", "Leg", "Foot", "ToeBase")


def _named(
    pattern: str, middle: Sequence[str], limbs: Sequence[str], sides: tuple[str, str]
) -> dict[str, str]:
    """Names of our bones: `middle` for pelvis, three of the spine, neck and head; `limbs` in the order of `_SIDED`."""
    names = dict(zip(("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head"), middle, strict=True))
    for side, told in zip(("Left", "Right"), sides, strict=True):
        names |= {
            side + limb: pattern.format(side=told, limb=name)
            for limb, name in zip(_SIDED, limbs, strict=True)
        }
    return names


SKELETONS: Mapping[str, Mapping[str, str]] = {
    "Mixamo": {bone: f"mixamorig:{bone}" for bone in BONES},
    "CMU": _named(
        "{side}{limb}",
        ("root", "lowerback", "upperback", "thorax", "lowerneck", "head"),
        ("clavicle", "humerus", "radius", "wrist", "femur", "tibia", "foot", "toes"),
        ("l", "r"),
    ),
    "Rigify": _named(
        "DEF-{limb}.{side}",
        ("DEF-spine", "DEF-spine.001", "DEF-spine.002", "DEF-spine.003", "DEF-spine.004", "DEF-spine.006"),
        ("shoulder", "upper_arm", "forearm", "hand", "thigh", "shin", "foot", "toe"),
        ("L", "R"),
    ),
    "Unreal": _named(
        "{limb}_{side}",
        ("pelvis", "spine_01", "spine_02", "spine_03", "neck_01", "head"),
        ("clavicle", "upperarm", "lowerarm", "hand", "thigh", "calf", "foot", "ball"),
        ("l", "r"),
    ),
    "Rokoko": _named(
        "{side}{limb}",
        ("Hips", "Spine", "Spine2", "Spine4", "Neck", "Head"),
        ("Shoulder", "Arm", "ForeArm", "Hand", "Thigh", "Shin", "Foot", "Toe"),
        ("Left", "Right"),
    ),
    "Xsens": _named(
        "{side}{limb}",
        ("Hips", "Chest", "Chest2", "Chest4", "Neck", "Head"),
        ("Collar", "Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle", "Toe"),
        ("Left", "Right"),
    ),
    "3ds Max": _named(
        "Bip01 {side} {limb}",
        ("Bip01 Pelvis", "Bip01 Spine", "Bip01 Spine1", "Bip01 Spine2", "Bip01 Neck", "Bip01 Head"),
        ("Clavicle", "UpperArm", "Forearm", "Hand", "Thigh", "Calf", "Foot", "Toe0"),
        ("L", "R"),
    ),
    "plain": _named(
        "{side} {limb}",
        ("hips", "belly", "waist", "chest", "neck", "head"),
        ("collar bone", "upper arm", "lower arm", "hand", "upper leg", "lower leg", "foot", "toes"),
        ("left", "right"),
    ),
}
"""Our bone -> its name there; bones without one are not in the skeleton."""

LEVEL_ARMS = {"LeftArm": [0.0, 0.0, 45.0], "RightArm": [0.0, 0.0, -45.0]}
"""Turns that make a T pose of an A pose, degrees about x, y and z in the world."""


@dataclass(frozen=True)
class Writer:
    """A BVH file of a skeleton."""

    names: Mapping[str, str]
    order: str = "ZXY"
    """Axes of a joint's rotations, the outermost first."""
    rest_turns: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """How the file's rest differs from the A pose: world turns of limbs, degrees."""
    axes: np.ndarray = field(default_factory=lambda: np.eye(3))
    """(3, 3) from our axes to the file's."""
    unit: float = 100.0
    """A metre in the file."""

    def write(self, *poses: np.ndarray) -> bytes:
        """The motion of poses (52, 4), one frame each."""
        rest_world = self._rest_world()
        rest = forward_heads(rest_world) @ self.axes.T * self.unit
        lines: list[str] = ["HIERARCHY"]
        self._joint(INDEX["Hips"], rest, lines, 0)
        lines += ["MOTION", f"Frames: {len(poses)}", "Frame Time: 0.0333333"]
        lines += [self._row(turns, rest_world) for turns in poses]
        return ("\n".join(lines) + "\n").encode()

    def _rest_world(self) -> np.ndarray:
        """(52, 3, 3) our bones' turns in the file's rest."""
        world = np.tile(np.eye(3), (len(BONES), 1, 1))
        for number, bone in enumerate(BONES):
            parent = world[PARENTS[number]] if PARENTS[number] >= 0 else np.eye(3)
            turn = Rotation.from_euler("xyz", self.rest_turns.get(bone, [0.0] * 3), degrees=True).as_matrix()
            world[number] = turn @ parent
        return world

    def _children(self, number: int) -> list[int]:
        return [child for child, up in enumerate(PARENTS) if up == number and BONES[child] in self.names]

    def _joint(self, number: int, rest: np.ndarray, lines: list[str], depth: int) -> None:
        pad, parent = "\t" * depth, PARENTS[number]
        offset = rest[number] - (rest[parent] if parent >= 0 else 0.0)
        rotations = " ".join(f"{axis}rotation" for axis in self.order)
        channels = f"3 {rotations}" if parent >= 0 else f"6 Xposition Yposition Zposition {rotations}"
        lines += [
            f"{pad}{'ROOT' if parent < 0 else 'JOINT'} {self.names[BONES[number]]}",
            f"{pad}{{",
            f"{pad}\tOFFSET {offset[0]:.6f} {offset[1]:.6f} {offset[2]:.6f}",
            f"{pad}\tCHANNELS {channels}",
        ]
        for child in self._children(number):
            self._joint(child, rest, lines, depth + 1)
        if not self._children(number):
            lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET 0 {self.unit / 20} 0", f"{pad}\t}}"]
        lines.append(f"{pad}}}")

    def _row(self, turns: np.ndarray, rest_world: np.ndarray) -> str:
        world, _ = forward(turns, REST)
        # A joint is turned as its bone is from where the file's rest has it.
        joints = self.axes @ (world @ rest_world.transpose(0, 2, 1)) @ self.axes.T
        values: list[float] = [0.0, 95.0, 0.0]
        for number in self._order(INDEX["Hips"]):
            parent = PARENTS[number]
            own = joints[number] if parent < 0 else joints[parent].T @ joints[number]
            values += Rotation.from_matrix(own).as_euler(self.order, degrees=True).tolist()
        return " ".join(f"{value:.6f}" for value in values)

    def _order(self, number: int) -> list[int]:
        return [number, *(bone for child in self._children(number) for bone in self._order(child))]


def forward_heads(world: np.ndarray) -> np.ndarray:
    """(52, 3) bone heads of the middling body whose bones are turned so (52, 3, 3)."""
    heads = REST.copy()
    for number, parent in enumerate(PARENTS):
        if parent >= 0:
            heads[number] = heads[parent] + world[parent] @ (REST[number] - REST[parent])
    return heads


def directions(turns: np.ndarray) -> np.ndarray:
    """(52, 3) unit vectors from each bone's parent to it; zero for the root."""
    _, heads = forward(turns, REST)
    way = np.array([heads[bone] - heads[up] if up >= 0 else np.zeros(3) for bone, up in enumerate(PARENTS)])
    unit: np.ndarray = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    return unit
