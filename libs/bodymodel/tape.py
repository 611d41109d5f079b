"""The tape measure: the 15 measurements on the fixed topology, as a tailor takes them on the standing body.

| measurement | on this template |
|---|---|
| stature | lowest to highest body vertex |
| neck_girth | across the neck's axis, just below the larynx |
| biacromial_breadth | straight, outer end of one shoulder to the other |
| chest_girth | horizontal at the level of the bust points |
| waist_girth | horizontal at the navel |
| hip_girth | horizontal at the rearmost level of the buttocks |
| upper_arm_girth | across the upper arm at 60 % of the way to the elbow, relaxed |
| wrist_girth | across the forearm at the styloid processes |
| thigh_girth | horizontal, below the crotch by 8 % of the way to the knee: the gluteal fold |
| knee_girth | horizontal, above the knee joint by 11 % of the way to the crotch: above the kneecap |
| calf_girth | horizontal, the largest of four levels |
| ankle_girth | horizontal, the smallest of four levels |
| arm_length | acromion, outer elbow, outer wrist |
| inside_leg | floor to crotch |
| back_length | from C7 along the spine to the level of the navel |

Beside them: `natural_waist_girth`, the smallest horizontal girth between hips and bust, and `underbust_girth`,
horizontal in the fold below the breasts.

A girth is the perimeter of the section's convex hull, limbs apart (`Template.regions`). The right side is
measured. All lengths are exact on the mesh: cutting the same surface with the reported plane gives them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from anthropometry.measurements import NAMES
from bodymodel.arrays import FloatArray, IntArray
from bodymodel.section import Loop, Plane, Pull, Surface, loop_gradient, path_gradient, stretch
from bodymodel.template import Landmark, Template

_MM = 1000.0
_SHARED = ("chest", "neck")
"""Regions out of which a plane may cut an arm or the jaw as well as the limb."""
_CALF_LEVELS = np.linspace(0.25, 0.40, 4)
_ANKLE_LEVELS = np.linspace(0.77, 0.92, 4)
_NATURAL_WAIST_LEVELS = np.linspace(-0.1, 0.5, 13)


@dataclass(frozen=True, slots=True)
class Girth:
    """One closed tape: a limb, and the level or levels at which it may lie."""

    region: str
    planes: tuple[Plane, ...]
    sign: float = 1.0
    """With several planes: 1 takes the largest section, -1 the smallest."""


@dataclass(frozen=True, slots=True)
class Strand:
    """One straight or broken tape: its points, and each point's dependence on the vertices."""

    path: FloatArray
    """(n, 3) metres."""
    gradient: Pull
    """Derivative of the measured length."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one pass of the tape over a body gives."""

    values_mm: FloatArray
    """(15,) in the order of `NAMES`."""
    tapes: tuple[Loop | Strand, ...]
    """The 15 tapes as they lie."""


class TapeMeasure:
    """Measures bodies of one template. Works on the few thousand vertices that a tape can touch (`touched`)."""

    def __init__(self, template: Template) -> None:
        """Renumber landmarks and regions to the touched vertices."""
        sets = [mark.vertices for mark in template.landmarks.values()]
        self.touched: IntArray = np.unique(
            np.concatenate(sets + [faces.ravel() for faces in template.regions.values()])
        )
        """(U,) int32 template vertices that any measurement depends on."""
        number = np.zeros(len(template.weights), np.int64)
        number[self.touched] = np.arange(len(self.touched))
        self._marks = {
            name: Landmark(number[mark.vertices], mark.weights) for name, mark in template.landmarks.items()
        }
        self._surfaces = {
            name: Surface.of(number[faces], single=name not in _SHARED)
            for name, faces in template.regions.items()
        }
        self._girths = _girths(self._marks)
        self._beside = _beside(self._marks)

    def measure(self, vertices: FloatArray) -> FloatArray:
        """(V, 3) vertices of a standing body, metres -> (15,) millimetres."""
        return self.read(vertices[self.touched]).values_mm

    def beside(self, vertices: FloatArray) -> dict[str, Loop]:
        """The girths that are reported beside the 15, by name; vertices (V, 3) in metres."""
        points = vertices[self.touched].astype(np.float64)
        return {name: self._stretch(points, girth) for name, girth in self._beside.items()}

    def polylines(self, vertices: FloatArray) -> tuple[FloatArray, ...]:
        """15 tape paths (n, 3), metres, in the frame of `vertices`; girths repeat their first point at the end."""
        tapes = self.read(vertices[self.touched]).tapes
        return tuple(tape.closed_path() if isinstance(tape, Loop) else tape.path for tape in tapes)

    def read(self, points: FloatArray) -> Reading:
        """Lay all 15 tapes on the touched vertices (U, 3) of a body."""
        points = points.astype(np.float64)
        strands = self._strands(points)
        tapes = tuple(
            strands[name] if name in strands else self._stretch(points, self._girths[name]) for name in NAMES
        )
        lengths = [tape.length if isinstance(tape, Loop) else _length(tape.path) for tape in tapes]
        return Reading(np.array(lengths) * _MM, tapes)

    def gradient(self, points: FloatArray, reading: Reading) -> sparse.csr_array:
        """(15, U * 3) derivative of the measurements by the touched vertices, millimetres per metre."""
        points = points.astype(np.float64)
        pulls = [
            loop_gradient(points, tape) if isinstance(tape, Loop) else tape.gradient for tape in reading.tapes
        ]
        rows = np.repeat(np.arange(len(NAMES)), [3 * len(pull.vertices) for pull in pulls])
        columns = np.concatenate([(3 * pull.vertices[:, None] + np.arange(3)).ravel() for pull in pulls])
        values = np.concatenate([pull.vectors.ravel() for pull in pulls]) * _MM
        return sparse.csr_array((values, (rows, columns)), shape=(len(NAMES), points.size))

    def _stretch(self, points: FloatArray, girth: Girth) -> Loop:
        """The girth's tape, at the level that its sign asks for."""
        loops = [stretch(points, self._surfaces[girth.region], plane) for plane in girth.planes]
        return max(loops, key=lambda loop: girth.sign * loop.length)

    def _strands(self, points: FloatArray) -> dict[str, Strand]:
        """The five tapes that are not loops."""
        floor = _extreme(points, self._marks["sole"].vertices, -1.0)
        crown = _extreme(points, self._marks["crown"].vertices, 1.0)
        crotch = _extreme(points, self._marks["crotch"].vertices, -1.0)
        at = {name: int(self._marks[name].vertices[0]) for name in ("acromion_left", "acromion_right")}
        outer = [int(self._marks[name].vertices[0]) for name in ("elbow_outer", "wrist_outer")]
        return {
            "stature": _plumb(points, floor, crown),
            "biacromial_breadth": _chain(points, list(at.values())),
            "arm_length": _chain(points, [at["acromion_right"], *outer]),
            "inside_leg": _plumb(points, floor, crotch),
            "back_length": _down_to(
                points, self._marks["spine"].vertices, int(self._marks["navel"].vertices[0])
            ),
        }


def _girths(marks: dict[str, Landmark]) -> dict[str, Girth]:
    """The ten closed tapes."""
    crotch, knee, ankle = marks["crotch"], marks["knee"], marks["ankle"]
    return {
        "neck_girth": Girth("neck", (_across(marks["neck_middle"], marks["neck_low"], marks["neck_high"]),)),
        "chest_girth": Girth("chest", (Plane(marks["nipples"], None),)),
        "waist_girth": Girth("waist", (Plane(marks["navel"], None),)),
        "hip_girth": Girth("hip", (Plane(marks["buttocks"], None),)),
        "upper_arm_girth": Girth(
            "upper_arm",
            (_across(marks["upper_arm_middle"], marks["upper_arm_high"], marks["upper_arm_low"]),),
        ),
        "wrist_girth": Girth("wrist", (_across(marks["wrist"], marks["forearm_low"], marks["wrist"]),)),
        "thigh_girth": Girth("thigh", _levels(crotch, knee, [0.08])),
        "knee_girth": Girth("knee", _levels(knee, crotch, [0.11])),
        "calf_girth": Girth("calf", _levels(knee, ankle, _CALF_LEVELS)),
        "ankle_girth": Girth("ankle", _levels(knee, ankle, _ANKLE_LEVELS), -1.0),
    }


def _beside(marks: dict[str, Landmark]) -> dict[str, Girth]:
    """Girths that shops ask for and the 15 lack."""
    return {
        "natural_waist_girth": Girth(
            "waist", _levels(marks["navel"], marks["nipples"], _NATURAL_WAIST_LEVELS), -1.0
        ),
        "underbust_girth": Girth("chest", (Plane(marks["underbust"], None),)),
    }


def _across(origin: Landmark, start: Landmark, end: Landmark) -> Plane:
    """The plane through `origin` across the direction from `start` to `end`."""
    axis = Landmark(
        np.concatenate([start.vertices, end.vertices]), np.concatenate([-start.weights, end.weights])
    )
    return Plane(origin, axis)


def _levels(start: Landmark, end: Landmark, shares: Sequence[float] | FloatArray) -> tuple[Plane, ...]:
    """Horizontal planes at shares of the way from `start` to `end`."""
    vertices = np.concatenate([start.vertices, end.vertices])
    return tuple(
        Plane(Landmark(vertices, np.concatenate([(1.0 - share) * start.weights, share * end.weights])), None)
        for share in shares
    )


def _extreme(points: FloatArray, vertices: IntArray, sign: float) -> int:
    """The vertex that is highest (sign 1) or lowest (sign -1)."""
    return int(vertices[np.argmax(sign * points[vertices, 1])])


def _length(path: FloatArray) -> float:
    return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


def _plumb(points: FloatArray, floor: int, top: int) -> Strand:
    """A vertical tape from the floor's level up to a vertex."""
    end = points[top]
    path = np.array([[end[0], points[floor, 1], end[2]], end])
    vectors = np.array([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]])
    return Strand(path, Pull(np.array([floor, top]), vectors))


def _chain(points: FloatArray, vertices: Sequence[int]) -> Strand:
    """A tape pulled straight from vertex to vertex."""
    path = points[vertices]
    return Strand(path, Pull(np.array(vertices), path_gradient(path)))


def _down_to(points: FloatArray, chain: IntArray, level: int) -> Strand:
    """A tape along a chain of vertices that leads down, cut at the height of the vertex `level`."""
    height = points[chain, 1] - points[level, 1]
    last = int(np.argmax(height <= 0.0))
    above, below = chain[last - 1], chain[last]
    step = points[below] - points[above]
    share = (points[level, 1] - points[above, 1]) / step[1]
    path = np.concatenate([points[chain[:last]], (points[above] + share * step)[None]])
    pull = path_gradient(path)
    # The end e = a + t (b - a) slides on its edge so that its height stays at the level's.
    slip = pull[-1] @ step / step[1]
    end = pull[-1] - slip * np.array([0.0, 1.0, 0.0])
    vertices = np.concatenate([chain[:last], [above, below, level]])
    vectors = np.concatenate([pull[:-1], [(1.0 - share) * end, share * end, [0.0, slip, 0.0]]])
    return Strand(path, Pull(vertices, vectors))
