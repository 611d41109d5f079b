"""Cutting: one garment's topology, made once per cut on the reference body and kept."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bodymodel.template import Template
from services.mesher.domain import surface
from services.mesher.domain.anatomy import Levels, Skeleton
from services.mesher.domain.model import Cut, Pattern
from services.mesher.domain.suit import Suit
from services.mesher.domain.surface import FloatArray, IntArray

# Distance over which a hem's straightening fades out into the cloth, metres.
_FADE = 0.04
# Skin nearer than this to a border stays: a look under the hem, or a pose, must not show a hole.
COVER_MARGIN = 0.035
# Under a skirt one can look further.
_SKIRT_MARGIN = 0.16
# The waistband of skirts and trousers lies this much above the level of the tape.
_BAND_RISE = 0.015


@dataclass(frozen=True, slots=True)
class Reference:
    """The body that cuts are made on: the mean of the shape space."""

    vertices: FloatArray
    """(V, 3) metres."""
    skeleton: Skeleton
    levels: Levels
    weights: sparse.csr_array
    """(V, B) skin weights of the template's vertices."""

    @classmethod
    def of(cls, template: Template, vertices: FloatArray, skeleton: Skeleton, levels: Levels) -> Reference:
        """Bind the reference body to the template's weights."""
        rows = np.repeat(np.arange(len(template.weights)), template.weights.shape[1])
        entries = (template.weights.ravel(), (rows, template.joints.ravel()))
        shape = (len(template.weights), len(template.bones))
        return cls(vertices, skeleton, levels, sparse.csr_array(entries, shape=shape))


class Lie(enum.Enum):
    """How a hem lies on every body."""

    LEVEL = "level"
    PLANE = "plane"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Hem:
    """One border loop of a pattern piece."""

    loop: IntArray
    """(k,) vertices in order, the cloth on their left."""
    lie: Lie
    turned: bool
    """Whether it is a finished edge; a skirt is sewn to the others."""
    near: IntArray
    """(q,) vertices that follow when the hem is straightened, the loop's own included."""
    anchor: IntArray
    """(q,) which loop member each of them follows."""
    share: FloatArray
    """(q,) how much, 1 on the loop, 0 at the fade's end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A pattern piece cut from the overall."""

    cut: Cut
    patch: surface.Patch
    corners: sparse.csr_array
    mean: sparse.csr_array
    """(n, n) takes each vertex to the mean of its neighbours; borders stay."""
    edges: IntArray
    """(e, 2)."""
    hems: tuple[Hem, ...]
    join: IntArray | None
    """(k,) loop that a skirt hangs from; None without a skirt."""
    weights: FloatArray
    """(n, B) float32 skin weights."""
    on_reference: FloatArray
    """(n, 3) where the piece lies on the reference body."""
    arm: FloatArray
    """(n,) 0 on the torso, 1 on the arms, smooth between."""
    leg: FloatArray
    """(n,) 0 on the torso, 1 on the legs, smooth between."""
    side: FloatArray
    """(n,) +1 on the left half, -1 on the right, 0 on the midline."""
    covered: IntArray
    """Template body vertices that are out of sight under this garment."""


def has_skirt(cut: Cut, levels: Levels) -> bool:
    """Whether the garment hangs free below the hip; a top whose hem lies above the hip does not."""
    return cut.pattern is not Pattern.TROUSERS and levels.hem(cut.hem) < levels.hip - 0.02


def cut_piece(suit: Suit, template: Template, reference: Reference, cut: Cut) -> Piece:
    """Cut a piece from the overall along the zero lines of its fields."""
    taut = suit.taut(reference.vertices, reference.levels)
    fields = _fields(suit.fine.rows @ taut, reference, cut)
    patch = surface.smooth_borders(surface.clip(suit.fine, fields))
    on_reference = patch.rows @ taut
    weights = np.asarray((patch.rows @ reference.weights[suit.indices]).todense(), np.float32)
    skirt = has_skirt(cut, reference.levels)
    loops = surface.border_loops(patch.triangles)
    lies = _LIES[cut.pattern]
    numbers = [int(patch.border[loop[0]]) for loop in loops]
    join = loops[numbers.index(0)] if skirt else None
    hems = tuple(
        _hem(on_reference, loop, lies[number], turned=loop is not join)
        for loop, number in zip(loops, numbers, strict=True)
    )
    arm_bones = [index for index, name in enumerate(template.bones) if "Arm" in name or "Hand" in name]
    body = reference.vertices[: template.body_vertices]
    return Piece(
        cut=cut,
        patch=patch,
        corners=surface.incidence(patch.triangles, len(on_reference)),
        mean=surface.neighbour_mean(patch.triangles, len(on_reference)),
        edges=surface.undirected_edges(patch.triangles),
        hems=hems,
        join=join,
        weights=weights,
        on_reference=on_reference,
        arm=smoothstep(weights[:, arm_bones].sum(axis=1)),
        leg=smoothstep((reference.levels.crotch + 0.03 - on_reference[:, 1]) / 0.15),
        side=np.sign(np.round(on_reference[:, 0], 4)),
        covered=np.flatnonzero(well_under(body, reference, cut)),
    )


def smoothstep(x: FloatArray) -> FloatArray:
    """0 below 0, 1 above 1, a cubic between."""
    t: FloatArray = np.clip(x, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


_LIES = {
    Pattern.TOP: (Lie.LEVEL, Lie.PLANE, Lie.FREE),
    Pattern.DRESS: (Lie.LEVEL, Lie.PLANE, Lie.FREE),
    Pattern.SKIRT: (Lie.LEVEL, Lie.LEVEL),
    Pattern.TROUSERS: (Lie.LEVEL, Lie.LEVEL),
}
"""How the borders lie that `_fields` cut, in their order."""


def _fields(points: FloatArray, reference: Reference, cut: Cut) -> list[FloatArray]:
    """Fields (n,), in the order lower hem, sleeves or waistband, neckline."""
    skeleton, levels = reference.skeleton, reference.levels
    torso = skeleton.torso_side(points)
    hem = levels.hip if has_skirt(cut, levels) else levels.hem(cut.hem)
    above_hem = points[:, 1] - hem
    if cut.pattern in (Pattern.SKIRT, Pattern.TROUSERS):
        return [above_hem, np.minimum(levels.waist + _BAND_RISE - points[:, 1], torso)]
    return [
        np.maximum(above_hem, -torso),
        skeleton.sleeve(points, cut.sleeve),
        skeleton.neckline(points, cut.neckline),
    ]


def well_under(points: FloatArray, reference: Reference, cut: Cut) -> NDArray[np.bool_]:
    """(n,) which points (n, 3) on the reference body lie well inside the borders of a cut."""
    levels = reference.levels
    inside: NDArray[np.bool_] = np.min(_fields(points, reference, cut), axis=0) > COVER_MARGIN
    if has_skirt(cut, levels):
        torso = reference.skeleton.torso_side(points) > 0.0
        height = points[:, 1]
        under = (
            torso
            & (height < levels.hip + COVER_MARGIN * 2.0)
            & (height > levels.hem(cut.hem) + _SKIRT_MARGIN)
        )
        inside |= under
    return inside


def _hem(points: FloatArray, loop: IntArray, lie: Lie, *, turned: bool) -> Hem:
    distance = np.linalg.norm(points[:, None] - points[loop][None], axis=2)
    nearest = distance.min(axis=1)
    near = np.flatnonzero(nearest < _FADE)
    return Hem(
        loop, lie, turned, near, distance[near].argmin(axis=1), smoothstep(1.0 - nearest[near] / _FADE)
    )
