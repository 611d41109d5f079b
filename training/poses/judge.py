"""What a pose must pass, and what is measured of it: on the six bodies, as the mesher would deliver it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from bodypose.arrays import FloatArray
from bodypose.clearance import Clearance, Posable
from bodypose.joints import angles_of
from bodypose.limits import RANGES, clamped, excess
from bodypose.resting import ON_GROUND_M
from bodypose.skeleton import BONES, INDEX, Support, inverse, product
from training.poses.bodies import Body, Posed, judged, middling, soft_skin, template
from training.poses.contact import FLESH_GIVES_MM, overlaps

LEAST_MARGIN_MM = 5.0
"""How far inside of what it stands on the body's centre must be."""
_MOST_CLAMPED_DEG = 16.0
"""A composed joint this far beyond its limit is not what was meant; less is brought back."""
_CLOSE_TO_END = 0.8

_MAJOR = (
    *(
        f"{side}{limb}"
        for side in ("Left", "Right")
        for limb in ("UpLeg", "Leg", "Foot", "Arm", "ForeArm", "Hand")
    ),
    "trunk",
    "head",
)
"""The joints that tell poses apart: the spine's three bones, with the collar bones above them, count as one joint, neck and
head as another."""


@dataclass(frozen=True, slots=True)
class Held:
    """What was measured of a pose on one body."""

    beyond_deg: float
    """How far the joint that is worst lies beyond its limits; 0 within them."""
    overlap_mm: float
    """Of the deepest point of two parts that run through each other."""
    overlap: str
    """Which parts those are."""
    margin_mm: float
    """How far inside of what carries it the centre of mass is."""

    def faults(self) -> Iterator[str]:
        """What it fails by."""
        if self.beyond_deg > 0.0:
            yield "beyond a limit"
        if self.overlap_mm > FLESH_GIVES_MM:
            yield f"{self.overlap} by {self.overlap_mm:.0f} mm"
        if self.margin_mm < LEAST_MARGIN_MM:
            yield f"falls over: {self.margin_mm:.0f} mm"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was measured of a pose."""

    fault: str
    """Why it is not taken; empty where it is."""
    margin_mm: float = 0.0
    """Least distance of the centre of mass inside what carries it, over the bodies; 0 where a seat does."""
    overlap_mm: float = 0.0
    """Deepest overlap, over the bodies."""
    strain: float = 0.0
    """How many major joints are near the end of a range."""
    area_cm2: float = 0.0
    """What it stands on, on the middling body."""

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def holdable(turns: FloatArray, support: Support) -> FloatArray | None:
    """Composed turns (52, 4) as the middling body holds them: joints within their limits, arms and legs clear of it.

    None where a joint was far beyond its limit.
    """
    if np.degrees(excess(turns).max()) > _MOST_CLAMPED_DEG:
        return None
    return clamped(delivered(clamped(turns), support, middling()))


def hardest_first() -> list[Body]:
    """The six, heavy ones and then thin ones first: most poses fail on those."""
    order = ("heavy", "thin", "mean")
    return sorted(judged(), key=lambda body: order.index(body.name.split()[0]))


def verdict(turns: FloatArray, support: Support, bodies: Sequence[Body]) -> Verdict:
    """Judge turns (52, 4) on some bodies; it ends at the first fault."""
    margin, area = _balance(middling(), middling().posed(turns), support)
    if margin < LEAST_MARGIN_MM:
        return Verdict(f"falls over: {margin:.0f} mm", margin_mm=margin)
    margins, deepest = [margin], 0.0
    for body in bodies:
        found, _ = held(turns, support, body)
        fault = next(found.faults(), "")
        if fault:
            return Verdict(f"{fault} on the {body.name} body", found.margin_mm, found.overlap_mm)
        deepest = max(deepest, found.overlap_mm)
        margins.append(found.margin_mm)
    return Verdict("", min(margins), deepest, _strain(turns), area)


def held(turns: FloatArray, support: Support, body: Body) -> tuple[Held, Posed]:
    """What is measured of turns (52, 4) on one body, and the body as it holds them."""
    fitted = delivered(turns, support, body)
    posed = body.posed(fitted)
    found = overlaps(posed.skin)
    overlap = f"{found[0].first} in {found[0].second}" if found else ""
    depth = found[0].depth_mm if found else 0.0
    beyond = float(np.degrees(excess(fitted).max()))
    return Held(beyond, depth, overlap, _balance(body, posed, support)[0]), posed


def delivered(turns: FloatArray, support: Support, body: Body) -> FloatArray:
    """(52, 4) the turns that the mesher gives a body."""
    return _clearance().fitted(turns, _posable(body.name), support)


@cache
def _clearance() -> Clearance:
    body = middling()
    return Clearance(template(), soft_skin(), body.vertices, body.heads)


@cache
def _posable(name: str) -> Posable:
    body = next(body for body in (middling(), *judged()) if body.name == name)
    return _clearance().posable(body.flesh, body.vertices)


def _balance(body: Body, posed: Posed, support: Support) -> tuple[float, float]:
    """Millimetres that the centre of mass is inside of what carries it, and that area in square centimetres."""
    carried = posed.skin[:, 1] < ON_GROUND_M
    ground = posed.skin[carried][:, [0, 2]]
    if support is Support.SEAT:
        ground = np.concatenate([ground, posed.skin[_seated(posed.skin)][:, [0, 2]]])
    try:
        hull = ConvexHull(ground)
    except QhullError:
        return -1000.0, 0.0
    centre = body.centre_of_mass(posed.world, posed.heads)[[0, 2]]
    inside = -float((hull.equations[:, :2] @ centre + hull.equations[:, 2]).max())
    return 1000.0 * inside, 1e4 * float(hull.volume)


@cache
def _sitting() -> NDArray[np.bool_]:
    names = [BONES[bone] for bone in soft_skin().joints[:, 0]]
    return np.isin(names, ("Hips", "LeftUpLeg", "RightUpLeg"))


def _seated(skin: FloatArray) -> NDArray[np.bool_]:
    """(V,) skin of pelvis and thighs that is as low as any of it: it lies on the seat."""
    lowest = skin[_sitting(), 1].min()
    lying: NDArray[np.bool_] = _sitting() & (skin[:, 1] < lowest + ON_GROUND_M)
    return lying


def _strain(turns: FloatArray) -> float:
    """How many joints are within a fifth of the end of a range."""
    angles = angles_of(turns)
    bones = [
        INDEX[bone]
        for bone in BONES
        if not any(part in bone for part in ("HandI", "HandM", "HandR", "HandP", "HandT"))
    ]
    ends = np.where(angles < 0.0, -RANGES[..., 0], RANGES[..., 1])
    return float(((np.abs(angles) / ends)[bones].max(axis=1) > _CLOSE_TO_END).sum())


def signature(turns: FloatArray) -> FloatArray:
    """(..., 14, 4) turns of the major joints of poses (..., 52, 4), to tell them apart by."""
    return np.stack([_joint(turns, joint) for joint in _MAJOR], axis=-2)


def _joint(turns: FloatArray, joint: str) -> FloatArray:
    if joint == "trunk":
        return _chain(turns, ("Spine", "Spine1", "Spine2"))
    if joint == "head":
        return _chain(turns, ("Neck", "Head"))
    if joint.endswith("Arm") and not joint.endswith("ForeArm"):
        return _chain(turns, (joint.replace("Arm", "Shoulder"), joint))
    if joint.endswith("UpLeg"):
        return product(_level(turns), turns[..., INDEX[joint], :])
    return turns[..., INDEX[joint], :]


def _level(turns: FloatArray) -> FloatArray:
    """(..., 4) how the hips are tilted, their turn about the vertical left out: it only turns the picture."""
    hips = turns[..., INDEX["Hips"], :]
    length = np.hypot(hips[..., 1], hips[..., 3])
    safe = np.where(length > 0.0, length, 1.0)
    turn = np.zeros_like(hips)
    turn[..., 1], turn[..., 3] = hips[..., 1] / safe, np.where(length > 0.0, hips[..., 3] / safe, 1.0)
    return product(inverse(turn), hips)


def _chain(turns: FloatArray, bones: tuple[str, ...]) -> FloatArray:
    whole = turns[..., INDEX[bones[0]], :]
    for bone in bones[1:]:
        whole = product(whole, turns[..., INDEX[bone], :])
    return whole


def distances_deg(signatures: FloatArray, one: FloatArray) -> FloatArray:
    """(n,) mean angle between the major joints of poses (n, 14, 4) and of one (14, 4), degrees."""
    cosines = np.abs(np.einsum("njx,jx->nj", signatures, one)).clip(0.0, 1.0)
    mean: FloatArray = np.degrees(2.0 * np.arccos(cosines)).mean(axis=1)
    return mean
