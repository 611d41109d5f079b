"""What carries a body, told by its bones, and how the camera that saw it was tilted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bodypose import body
from bodypose.arrays import FloatArray
from bodypose.skeleton import INDEX, Support, forward, matrices

_LIMBS = (
    ("UpLeg", "Leg", 0.10),
    ("Leg", "Foot", 0.045),
    ("Foot", "ToeBase", 0.015),
    ("Arm", "ForeArm", 0.028),
    ("ForeArm", "Hand", 0.016),
    ("Hand", "HandMiddle1", 0.006),
)
_SEGMENTS = (
    ("Hips", "Neck", 0.50),
    ("Neck", "Head", 0.08),
    *(
        (f"{side}{upper}", f"{side}{lower}", share)
        for side in ("Left", "Right")
        for upper, lower, share in _LIMBS
    ),
)
"""Bones at both ends of a part of the body, and its share of the mass (Winter, Biomechanics and Motor Control)."""
_MASSES = np.array([share for *_, share in _SEGMENTS])
_STARTS = [INDEX[bone] for bone, *_ in _SEGMENTS]
_ENDS = [INDEX[bone] for _, bone, _ in _SEGMENTS]

_TILTS = np.radians(np.arange(-40.0, 40.1, 0.5))
_USUAL_TILT = np.radians(10.0)
_USUAL_LEAN = np.radians(20.0)
"""Of people who sit on the floor."""
_UNEVEN_M = 0.03
"""Difference in height of what stands on one floor."""
_FOOT_M = 0.06
"""The same of heel and toes, which may be lifted."""
_OFF_BALANCE_M = 0.08
_SEAT_M = 0.11
"""From the pelvis' head down to what one sits on."""

_SHARES = np.linspace(0.0, 1.0, 9)
"""Of the way from heel to toes, and from one foot to the other."""

_STANDING, _LOW = 0.62, 0.3
"""Height of the pelvis over the lower foot, in lengths of a leg: from here on one stands; below, one is on the floor."""
_LEVEL_THIGH = np.cos(np.radians(55.0))
_BESIDE_M = 0.12
"""How far from the feet one's weight lies when they do not carry it."""
_KNEELING_M = 0.06
"""A knee that is no higher over the ankle than that is on the floor."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A body as it stands in space: x to its photo's right, y up, z to the camera."""

    heads: FloatArray
    """(52, 3) metres."""
    landmarks: FloatArray
    """(33, 3) metres."""

    @classmethod
    def of(cls, turns: FloatArray, rest: FloatArray) -> Stand:
        """A body of bone heads (52, 3) with its joints turned (52, 4)."""
        world, heads = forward(turns, rest)
        return cls(heads, body.landmarks_of(world, heads))

    def turned(self, tilt: float) -> Stand:
        """The same body, what is up in it led to the camera by radians."""
        turn = matrices(tilted(tilt))
        return Stand(self.heads @ turn.T, self.landmarks @ turn.T)


def tilted(tilt: float) -> FloatArray:
    """(4,) turn by which what is up leans to the camera, radians."""
    return np.array([np.sin(tilt / 2.0), 0.0, 0.0, np.cos(tilt / 2.0)])


def upright_tilt(stand: Stand) -> float:
    """The tilt that stands a trunk up whose legs were not seen."""
    up = _trunk(stand)
    return float(np.arctan2(-up[2], up[1]))


def level_tilt(stand: Stand, support: Support) -> float:
    """The tilt under which what carries the body is level and the weight lies above it, as far as photos are tilted."""
    return float(_TILTS[np.argmin([_unevenness(stand.turned(tilt), support, tilt) for tilt in _TILTS])])


def support_of(stand: Stand) -> Support:
    """What carries a body whose legs were seen, by where its bones are."""
    ankles, knees = stand.landmarks[list(body.ANKLES)], stand.landmarks[list(body.KNEES)]
    hips = stand.landmarks[list(body.HIPS)]
    thighs, shanks = np.linalg.norm(knees - hips, axis=1), np.linalg.norm(ankles - knees, axis=1)
    height = float(hips[:, 1].mean() - ankles[:, 1].min()) / float(thighs.mean() + shanks.mean())
    if height >= _STANDING:
        return Support.FEET
    if (knees[:, 1] < ankles[:, 1] + _KNEELING_M).any():
        return Support.FLOOR
    if _beside(stand) < _BESIDE_M:
        return Support.FEET
    level = bool(((hips - knees)[:, 1] < _LEVEL_THIGH * thighs).all())
    return Support.SEAT if level and height >= _LOW else Support.FLOOR


def _unevenness(stand: Stand, support: Support, tilt: float) -> float:
    heels, toes = stand.landmarks[list(body.HEELS), 1], stand.landmarks[list(body.TOES), 1]
    lowest = np.minimum(heels, toes)
    terms = [tilt / _USUAL_TILT, *(heels - toes) / _FOOT_M]
    if support is not Support.SEAT:
        terms.append((lowest[0] - lowest[1]) / _UNEVEN_M)
    if support is Support.FEET:
        terms.append(_beside(stand) / _OFF_BALANCE_M)
    if support is Support.FLOOR:
        seat = stand.heads[INDEX["Hips"], 1] - _SEAT_M
        terms += [(seat - lowest.min()) / _UNEVEN_M, upright_tilt(stand) / _USUAL_LEAN]
    return float(np.sum(np.square(terms)))


def _trunk(stand: Stand) -> FloatArray:
    up: FloatArray = stand.heads[INDEX["Neck"]] - stand.heads[INDEX["Hips"]]
    return up


def _beside(stand: Stand) -> float:
    """Metres that the weight lies beside the ground between the feet, as fine as `_SHARES`; about 0 above it."""
    middle = np.average((stand.heads[_STARTS] + stand.heads[_ENDS]) / 2.0, axis=0, weights=_MASSES)
    heels, toes = stand.landmarks[list(body.HEELS)], stand.landmarks[list(body.TOES)]
    lines = heels + _SHARES[:, None, None] * (toes - heels)
    ground = lines[:, 0] + _SHARES[:, None, None] * (lines[:, 1] - lines[:, 0])
    return float(np.linalg.norm((ground - middle)[..., [0, 2]], axis=-1).min())
