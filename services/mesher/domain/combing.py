"""How strands lie: from the whorl outwards where hair is short, from a parting to both sides where it is long.

A strand's place runs from -1 over the right side and the face, 0, over the left side to 1: both ends meet at the nape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from services.mesher.domain.cutting import smoothstep
from services.mesher.domain.skull import Skull, between, direction
from services.mesher.domain.surface import FloatArray

STRANDS, ROWS, HANGING_ROWS = 192, 26, 22
"""Strands, their points on the skull, and below it."""
PLACES = (np.arange(STRANDS) + 0.5) * 2.0 / STRANDS - 1.0

_AZIMUTH = (0, 16, 28, 38, 47, 56, 63, 69, 74, 79, 86, 95, 106, 116, 128, 150, 180)
_HAIRLINE = (36, 36, 34.5, 30.5, 26, 21, 8, -14, -24, -18, -4, -3, -10, -28, -38, -42, -43)
"""Elevation of the hairline seen from the skull's centre, by azimuth from the face to the nape, degrees:
forehead, temple, sideburn, over the ear, behind it, nape."""
_WHORL = (180.0, 62.0)
_EAR_LEVEL = -4.0
_PARTING, _TEMPLE = 15.0, (46.0, 31.5)
"""Where the parting leaves the forehead, and what strands along the forehead pass, degrees."""
_FOREMOST = 66.0
"""Azimuth at which the foremost strands leave the skull, before the ear."""
_ROUNDED = (1.8, 3.5)
"""Rows and strands over which the skull is smoothed."""
_PARTED = 0.62
"""Share of the strands of a side that leave the parting; the others leave the whorl."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Strands on the skull."""

    directions: FloatArray
    """(rows, strands, 3) from its centre."""
    lift: FloatArray
    """(rows, strands) metres over it."""
    parted: bool

    def rounded(self, points: FloatArray) -> FloatArray:
        """Where they meet the skull (rows, strands, 3), without the edges of its triangles; as they are at the hairline."""
        # Beyond its root a strand goes on as the one on the other side, and over the face parted hair has no next strand.
        beyond = points[:0:-1, ::-1] if self.parted else np.roll(points[::-1], STRANDS // 2, axis=1)
        whole = np.roll(np.concatenate([beyond, points]), STRANDS // 2, axis=1)
        soft = ndimage.gaussian_filter1d(whole, _ROUNDED[0], axis=0, mode="nearest")
        soft = ndimage.gaussian_filter1d(soft, _ROUNDED[1], axis=1, mode="nearest" if self.parted else "wrap")
        soft = np.roll(soft[-ROWS:], STRANDS // 2, axis=1)
        inner = smoothstep(np.arange(ROWS)[::-1] / 5.0)[:, None, None]
        rounded: FloatArray = points + inner * (soft - points)
        return rounded


def cropped(top: float, sides: float) -> Laid:
    """Short hair: from the whorl to the hairline, so thick on top and on the sides, metres."""
    share = np.linspace(0.0, 1.0, ROWS + 1)[1:, None]
    azimuth = 180.0 * PLACES
    hairline = np.interp(np.abs(azimuth), _AZIMUTH, _HAIRLINE)
    directions = between(direction(*map(np.array, _WHORL)), direction(azimuth, hairline), share)
    elevation = np.degrees(np.arcsin(directions[..., 1]))
    thick = sides + (top - sides) * smoothstep((elevation + 5.0) / 60.0)
    # Over the forehead hair stands up at once; elsewhere it is the shorter the lower.
    edge = 0.55 - 0.15 * smoothstep((56.0 - np.abs(azimuth)) / 20.0)
    bare = np.clip((share - 1.0 + edge) / edge, 0.0, 1.0)
    return Laid(directions, thick * (1.0 - bare**1.6) - 0.0012 * bare**8 + 0.0005 * _waver(share), False)


def parted(volume: float) -> Laid:
    """Long hair: from a parting over the temples, and from the whorl, to the level of the ears."""
    share = np.linspace(0.0, 1.0, ROWS)[:, None]
    side, place = np.sign(PLACES), np.abs(PLACES)
    front = direction(np.array(_PARTING), np.interp(np.array(_PARTING), _AZIMUTH, _HAIRLINE) - 0.5)
    along = np.minimum(place / _PARTED, 1.0)
    roots = between(front, direction(*map(np.array, _WHORL)), along)
    ends = direction(side * (_FOREMOST + (180.0 - _FOREMOST) * place**1.15), np.full(STRANDS, _EAR_LEVEL))
    # The foremost keep to the hairline; the farther back, the straighter strands fall.
    temple = direction(side * _TEMPLE[0], np.full(STRANDS, _TEMPLE[1]))
    bow = 2.0 * temple - 0.5 * (roots + ends)
    bow /= np.linalg.norm(bow, axis=1, keepdims=True)
    straight = between(roots, ends, np.full(STRANDS, 0.5))
    over = between(bow, straight, smoothstep(place / 0.45))
    directions = between(between(roots, over, share), between(over, ends, share), share)
    return Laid(directions, _parted_lift(volume, share, place), True)


def _parted_lift(volume: float, share: FloatArray, place: FloatArray) -> FloatArray:
    # Flat at the parting, full two centimetres beside it; the whorl has no parting.
    root = 0.62 + 0.38 * smoothstep((place - 0.35) / 0.27)
    rise = root + (1.0 - root) * smoothstep(share / 0.16)
    # The foremost strands leave the skin at the hairline, and lie over the ears' roots lower down.
    edge = smoothstep(place / 0.16)
    edge = edge + (1.0 - edge) * 0.35 * smoothstep((share - 0.55) / 0.4)
    ear = np.exp(-(((place - 0.2) / 0.2) ** 2)) * 0.008 * smoothstep((share - 0.5) / 0.5)
    lift: FloatArray = volume * rise * edge - 0.0012 * (1.0 - edge) + ear + 0.0008 * _waver(share) * edge
    return lift


def _waver(share: FloatArray) -> FloatArray:
    """(rows, strands) in about -1..1: locks of different breadth, which only begin beside the roots."""
    t = np.pi * PLACES
    locks = 0.6 * np.sin(9.0 * t + 1.0 * share) + 0.4 * np.sin(16.0 * t + 1.3 - 2.0 * share)
    return locks * smoothstep(share / 0.4)


def hanging(shell: FloatArray, skull: Skull, length: float, curl: float, wave: float) -> FloatArray:
    """(rows, strands, 3) what hangs from the ends of strands on the skull, metres.

    It falls close to the cheeks and the neck; `curl` is how far its ends turn in, `wave` how far it sways.
    """
    s = np.linspace(0.0, 1.0, HANGING_ROWS + 1)[1:, None]
    place = np.abs(PLACES)
    last, before = shell[-1], shell[-2]
    outward = last - skull.centre
    outward[:, 1] = 0.0
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    sideways = np.cross([0.0, 1.0, 0.0], outward)
    slope = last - before
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    # Before the ears hair is cut in steps.
    drop = length * (0.82 + 0.18 * place * (2.0 - place)) * s
    ahead = np.minimum(drop, 0.05)
    # Strands leave the shell along its own slope and turn to the plumb line within 5 cm.
    lean = (ahead - ahead**2 / 0.1)[:, :, None] * slope * [1.0, 0.0, 1.0]
    inwards = curl * s**3 + 0.018 * smoothstep(drop / 0.16) * (1.0 - smoothstep((place - 0.5) / 0.4))
    phase = 2.0 * np.pi * drop / 0.17 + 5.0 * np.sin(3.0 * np.pi * PLACES) + 2.0 * PLACES
    sway = wave * smoothstep(drop / 0.10)
    fallen: FloatArray = last + lean - inwards[:, :, None] * outward
    fallen = fallen + (sway * np.sin(phase))[:, :, None] * outward
    fallen = fallen + (0.8 * sway * np.cos(phase))[:, :, None] * sideways
    fallen[:, :, 1] -= drop
    return fallen
