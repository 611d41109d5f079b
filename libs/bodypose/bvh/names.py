"""Which joint of another skeleton is which bone of ours.

Limbs go by their names: Mixamo's, CMU's, Blender's and Rigify's, Unreal's, Rokoko's, Xsens', 3ds Max' and plain English.
The trunk goes by how it is built: the pelvis is what both thighs hang on, the chest what both arms do, and what lies
between them is the spine, however many joints it has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bodypose.bvh.parse import Joint
from bodypose.bvh.refusal import MotionRefused

_LIMBS: Mapping[str, tuple[str, ...]] = {
    "Shoulder": ("shoulder", "collar", "clavicle", "collarbone"),
    "Arm": ("arm", "upperarm", "uparm", "humerus", "shldr"),
    "ForeArm": ("forearm", "lowerarm", "lowarm", "elbow", "radius"),
    "Hand": ("hand", "wrist"),
    "UpLeg": ("upleg", "upperleg", "thigh", "femur", "hip"),
    "Leg": ("leg", "lowerleg", "lowleg", "calf", "shin", "knee", "tibia"),
    "Foot": ("foot", "ankle"),
    "ToeBase": ("toebase", "toe", "toes", "toe0", "ball"),
}
_FINGERS: Mapping[str, tuple[str, ...]] = {
    "Thumb": ("thumb",),
    "Index": ("index", "findex"),
    "Middle": ("middle", "fmiddle", "mid"),
    "Ring": ("ring", "fring"),
    "Pinky": ("pinky", "fpinky", "little"),
}
_OF_JOINTS = {"elbow", "knee", "wrist"}
"""Skeletons that name joints call the upper arm's a shoulder; those that name bones call the collar bone one."""
_SIDES = {"left": "Left", "l": "Left", "right": "Right", "r": "Right"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_GLUED = re.compile(r"([lr])([a-z]{3,})")
_PREFIXES = {"def", "org", "bip", "mixamorig"}
_NEEDED = ("Arm", "ForeArm", "UpLeg", "Leg", "Foot")


def _stems() -> dict[str, str]:
    stems = {stem: limb for limb, names in _LIMBS.items() for stem in names}
    for finger, names in _FINGERS.items():
        for stem in names:
            for joint in (1, 2, 3):
                for spelled in (
                    f"{stem}{joint}",
                    f"hand{stem}{joint}",
                    f"{stem}finger{joint}",
                    f"{stem}0{joint}",
                ):
                    stems[spelled] = f"Hand{finger}{joint}"
    return stems


_STEMS: Mapping[str, str] = _stems()


def mapped(joints: Sequence[Joint]) -> dict[str, int]:
    """Bone of ours -> number of the joint that it follows; the spine's are `spine_of`'s. MotionRefused names the missing."""
    spelled = [_spelled(joint.name) if not joint.tip else ("", "") for joint in joints]
    of_joints = bool(_OF_JOINTS & {stem for side, stem in spelled if side})
    found: dict[str, int] = {}
    for number, (side, stem) in enumerate(spelled):
        limb = "Arm" if of_joints and stem == "shoulder" else _STEMS.get(stem)
        if side and limb:
            # The one nearest to the trunk: a wrist comes before its hand.
            found.setdefault(side + limb, number)
    missing = [
        f"{side}{limb}" for side in ("Left", "Right") for limb in _NEEDED if f"{side}{limb}" not in found
    ]
    if missing:
        raise _refused(missing)
    hips, chest = (
        _above_both(joints, found[f"Left{limb}"], found[f"Right{limb}"]) for limb in ("UpLeg", "Arm")
    )
    if hips < 0 or chest < 0 or hips not in _ancestors(joints, chest) or hips == chest:
        raise _refused(["Hips", "Spine"])
    found["Hips"] = hips
    return found | _neck_and_head(joints, spelled, chest, set(found.values()))


def spine_of(joints: Sequence[Joint], found: Mapping[str, int]) -> list[int]:
    """The joints between pelvis and arms, from the lowest to the chest."""
    chest = _above_both(joints, found["LeftArm"], found["RightArm"])
    return [number for number in reversed([chest, *_ancestors(joints, chest)]) if number > found["Hips"]]


def _refused(missing: Sequence[str]) -> MotionRefused:
    text = f"The motion's skeleton has no joints that could be {', '.join(missing)}."
    return MotionRefused("joints_missing", text, ", ".join(missing))


def _spelled(name: str) -> tuple[str, str]:
    """Side and stem of a name: `mixamorig:LeftForeArm`, `upper_arm.L`, `lfemur` -> Left and forearm, upperarm, femur."""
    words = [word.lower().lstrip("0") or "0" for word in _WORDS.findall(name.rsplit(":", 1)[-1])]
    if words and words[0] in _PREFIXES:
        words = words[1:] if not words[1:2] or not words[1].isdecimal() else words[2:]
    for place, word in enumerate(words):
        if word in _SIDES:
            return _SIDES[word], "".join(words[:place] + words[place + 1 :])
    whole = "".join(words)
    glued = _GLUED.fullmatch(whole)
    if glued and glued[2] in _STEMS:
        return _SIDES[glued[1]], glued[2]
    return "", whole


def _ancestors(joints: Sequence[Joint], number: int) -> list[int]:
    """From the nearest to the root."""
    above = []
    while (number := joints[number].parent) >= 0:
        above.append(number)
    return above


def _above_both(joints: Sequence[Joint], one: int, other: int) -> int:
    others = _ancestors(joints, other)
    return next((number for number in _ancestors(joints, one) if number in others), -1)


def _neck_and_head(
    joints: Sequence[Joint], spelled: Sequence[tuple[str, str]], chest: int, taken: set[int]
) -> dict[str, int]:
    """Of the joints above the chest that belong to no arm, the one called a head or else the last, and the first below it."""
    above = [
        number
        for number, joint in enumerate(joints)
        if not joint.tip
        and chest in (up := _ancestors(joints, number))
        and not taken & {number, *up[: up.index(chest)]}
        and not spelled[number][0]
    ]
    if not above:
        raise _refused(["Head"])
    heads = [number for number in above if spelled[number][1] == "head"]
    head = heads[0] if heads else above[-1]
    necks = [number for number in above if number in _ancestors(joints, head)]
    return {"Head": head} | ({"Neck": necks[0]} if necks else {})
