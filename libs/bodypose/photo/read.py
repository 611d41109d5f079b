"""The verdict on a photo: the pose of the one person in it, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bodypose import body
from bodypose.arrays import BoolArray, FloatArray
from bodypose.limits import clamp, excess
from bodypose.photo.people import Person
from bodypose.photo.residuals import SEEN, Guess
from bodypose.photo.solve import solve
from bodypose.skeleton import BONES, INDEX, Pose, Support, pose_of, product, turns_of
from bodypose.support import Stand, level_tilt, support_of, tilted, upright_tilt
from photos.model import PhotoRefused

_BESIDE = 0.4
"""Of the largest person's torso: people who are smaller than that are passers-by."""
_MOST_OFF = 0.1
"""Torso lengths that the seen joints may lie beside the photo's on average."""

_EVIDENCE: Mapping[str, tuple[tuple[int, int], ...]] = {
    "Shoulder": (body.SHOULDERS,),
    "Arm": (body.SHOULDERS, body.ELBOWS),
    "ForeArm": (body.ELBOWS, body.WRISTS),
    "Hand": (body.WRISTS, body.INDEXES),
    "UpLeg": (body.HIPS, body.KNEES),
    "Leg": (body.KNEES, body.ANKLES),
    "Foot": (body.HEELS, body.TOES),
}
"""The landmarks of its side by which a bone is known."""
_NOTICED = np.radians(2.0)
"""A fit leans on limits, and goes a little beyond them; nobody sees that it was brought back."""
_ROOT = INDEX["Hips"]
_TRUNK = ("Hips", "Spine", "Spine1", "Spine2")
_LEGS = [*body.HIPS, *body.KNEES, *body.ANKLES]


@dataclass(frozen=True, slots=True)
class PhotoPose:
    """What a photo tells of a pose."""

    pose: Pose
    clamped: tuple[str, ...]
    """Bones that were turned back to what a body can do, so far that it can be noticed."""
    unknown: tuple[str, ...]
    """Bones that could not be seen and are at ease."""
    off: FloatArray
    """(33,) torso lengths that each landmark's joint lies beside it in the photo; NaN where it was not seen."""


def read(people: Sequence[Person]) -> PhotoPose:
    """The pose of the only person; PhotoRefused where there is none, or more than one, or too little of one."""
    person = _only(people)
    seen = person.visibility >= SEEN
    if not seen[list(body.SHOULDERS)].all():
        raise PhotoRefused("person_hidden", "The shoulders cannot be seen. Show at least the upper body.")
    guess, off = solve(person)
    off = np.where(seen, off, np.nan)
    if np.nanmean(off) > _MOST_OFF:
        raise PhotoRefused(
            "person_unclear", "The person cannot be made out. Use a photo in good light, not cut off."
        )
    stood = _stood(guess, bool(seen[_LEGS].all()))
    pose, _ = clamp(stood)
    beyond = excess(turns_of(stood)) > _NOTICED
    clamped = tuple(bone for bone, noticed in zip(BONES, beyond, strict=True) if noticed)
    return PhotoPose(pose, clamped, _unknown(seen), off)


def _only(people: Sequence[Person]) -> Person:
    near = [person for person in people if person.torso_px >= _BESIDE * people[0].torso_px]
    if not near:
        raise PhotoRefused(
            "person_not_found", "No person was found. Show one person, whole if you can, in good light."
        )
    if len(near) > 1:
        text = f"{len(near)} people were found. Only one person may be in the photo."
        raise PhotoRefused("several_people", text, people=len(near))
    return near[0]


def _stood(guess: Guess, whole: bool) -> Pose:
    """The pose as the world would see it, whichever way the camera was tilted; of people without legs, standing."""
    stand = Stand.of(guess.turns, guess.rest)
    support = support_of(stand) if whole else Support.FEET
    tilt = level_tilt(stand, support) if whole else upright_tilt(stand)
    turns = guess.turns.copy()
    turns[_ROOT] = product(tilted(tilt), turns[_ROOT])
    return pose_of(turns, support_of(stand.turned(tilt)) if whole else support)


def _unknown(seen: BoolArray) -> tuple[str, ...]:
    hidden = {
        f"{side}{limb}"
        for limb, pairs in _EVIDENCE.items()
        for side, place in (("Left", 0), ("Right", 1))
        if not seen[[pair[place] for pair in pairs]].all()
    }
    if not seen[list(body.HIPS)].any():
        hidden.update(_TRUNK)
    if not seen[[body.NOSE, *body.EARS]].any():
        hidden.update(("Neck", "Head"))
    return tuple(bone for bone in BONES if bone in hidden)
