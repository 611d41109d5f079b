"""Which point of the platform's skeleton each landmark of the network is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bodypose.arrays import FloatArray, IntArray
from bodypose.joints import REST
from bodypose.skeleton import BONES, INDEX, PARENTS

NOSE = 0
EARS = (7, 8)
SHOULDERS, ELBOWS, WRISTS = (11, 12), (13, 14), (15, 16)
PINKIES, INDEXES, THUMBS = (17, 18), (19, 20), (21, 22)
HIPS, KNEES, ANKLES = (23, 24), (25, 26), (27, 28)
HEELS, TOES = (29, 30), (31, 32)
"""Landmarks of the person's left and right."""

_JOINTS: Mapping[tuple[int, int], str] = {
    SHOULDERS: "Arm",
    ELBOWS: "ForeArm",
    WRISTS: "Hand",
    PINKIES: "HandPinky1",
    INDEXES: "HandIndex1",
    THUMBS: "HandThumb2",
    HIPS: "UpLeg",
    KNEES: "Leg",
    ANKLES: "Foot",
}
"""Landmarks that are heads of bones."""
_SKIN_MM: Mapping[tuple[int, int], tuple[str, tuple[int, int, int]]] = {
    (1, 4): ("Head", (16, 1581, 137)),
    (2, 5): ("Head", (30, 1582, 136)),
    (3, 6): ("Head", (44, 1583, 131)),
    EARS: ("Head", (78, 1570, 45)),
    (9, 10): ("Head", (24, 1515, 143)),
    HEELS: ("LeftFoot", (113, 34, -54)),
    TOES: ("LeftToeBase", (93, 20, 195)),
}
"""Landmarks on the skin: the bone that carries them, and the left one's place on the body that `joints.REST` is of."""
_NOSE_MM = (0, 1545, 165)

SCALES: Mapping[str, tuple[str, ...]] = {
    "pelvis": ("UpLeg",),
    "back": ("Spine", "Spine1", "Spine2"),
    "chest": ("Shoulder",),
    "collar": ("Arm",),
    "neck": ("Neck", "Head"),
    "upper arm": ("ForeArm",),
    "forearm": ("Hand",),
    "thigh": ("Leg",),
    "shank": ("Foot",),
    "foot": ("ToeBase",),
}
"""What differs in length from person to person: the bones, of both sides, whose heads lie farther from their parents'."""


def _carried() -> tuple[IntArray, FloatArray]:
    """(33,) bone that carries each landmark, and (33, 3) where it lies from that bone's head in the A pose."""
    bones = np.zeros(33, np.intp)
    away = np.zeros((33, 3))
    bones[NOSE] = INDEX["Head"]
    away[NOSE] = np.array(_NOSE_MM) / 1000.0 - REST[INDEX["Head"]]
    for pair, joint in _JOINTS.items():
        bones[list(pair)] = INDEX[f"Left{joint}"], INDEX[f"Right{joint}"]
    for pair, (bone, place) in _SKIN_MM.items():
        left = np.array(place) / 1000.0 - REST[INDEX[bone]]
        bones[list(pair)] = INDEX[bone], INDEX[bone.replace("Left", "Right")]
        away[list(pair)] = left, left * [-1.0, 1.0, 1.0]
    return bones, away


CARRIERS, AWAY = _carried()


def _scale_of_bones() -> IntArray:
    """(52,) number of the scale by which a bone's way from its parent grows; the last is that of none."""
    of = np.full(len(BONES), len(SCALES), np.intp)
    for number, limbs in enumerate(SCALES.values()):
        for bone in limbs:
            for side in ("", "Left", "Right"):
                if side + bone in INDEX:
                    of[INDEX[side + bone]] = number
    return of


_SCALE_OF_BONES = _scale_of_bones()
_OFFSETS = REST - np.where(np.array(PARENTS)[:, None] < 0, 0.0, REST[np.array(PARENTS)])
"""(52, 3) from each bone's parent."""


def proportioned(scales: FloatArray) -> FloatArray:
    """(..., S) lengths beside the middling body's -> (..., 52, 3) bone heads of such a person in the A pose."""
    none = np.ones((*scales.shape[:-1], 1))
    grown = np.concatenate([scales, none], axis=-1)[..., _SCALE_OF_BONES, None] * _OFFSETS
    heads = np.zeros_like(grown)
    for bone, parent in enumerate(PARENTS):
        heads[..., bone, :] = grown[..., bone, :] + (heads[..., parent, :] if parent >= 0 else 0.0)
    return heads


def landmarks_of(world: FloatArray, heads: FloatArray) -> FloatArray:
    """World rotations (..., 52, 3, 3) and bone heads (..., 52, 3) of a posed body -> its landmarks (..., 33, 3)."""
    on_skin = np.einsum("...ij,...j->...i", world[..., CARRIERS, :, :], AWAY)
    landmarks: FloatArray = heads[..., CARRIERS, :] + on_skin
    return landmarks
