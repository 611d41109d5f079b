"""One face out of one to three photos of it.

Each photo says well where a point lies across its line of sight, and badly how deep. So all photos are placed about one
face, and each point is put where the lines of sight to it meet: the more a photo turns the point to its camera, the more
it counts. What no two photos tell, the network's own depth and people's mean face do.

Cameras and points are solved in turns, from the mean face on; a point that one photo puts elsewhere than the others
(a moved mouth, a strand of hair) loses its say in that photo. The result does not depend on the photos' order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.landmarks import LEFT_IRIS, MESH_POINTS, RIGHT_IRIS
from facemodel.projection import USUAL_CLOSENESS, Projection, aligned
from facemodel.topology import FaceTopology, centred
from facemodel.view import View

IRIS_M = 0.0117
"""Visible diameter of a human iris, from side to side; people differ by some 4 %."""
_STEPS = 3
_TO_FACE = np.array([1.0, -1.0, -1.0])
"""From a photo's axes to those of a face."""
_ACROSS_M, _ALONG_M, _MEAN_M = 0.0025, 0.012, 0.0035
"""How far the network errs across and along the line of sight, and by how much people differ more than our mean's own.

Measured on renders: 2 mm across from the front, and over the square of the cosine as the head turns: 3 mm at 40 degrees. Its depth is 3 mm off on average, and 10 mm at
the nose and the jaw of whoever is not like the people it has learned from.
"""
_LEAST_FRONTAL = 0.3
_EDGE, _FULL = 0.1, 0.6
"""Cosines between a point's normal and the line of sight: below the first it is hidden, above the second well seen."""
_LEAST = 0.02
"""Weight of a hidden point: the network guesses it from the rest of the face, which is better than nothing."""
_ODD_M = (0.03, 0.02, 0.015, 0.012)
"""A point that lies so far from where a photo shows it has half its say in that photo; round by round, for at first a
face is as far off as people differ."""


@dataclass(frozen=True, slots=True, repr=False)
class Face:
    """A face at its true size."""

    points: FloatArray
    """(468, 3) float64 metres, the face's frame."""
    confidence: FloatArray
    """(468,) 0..1: how well the photos show each point and agree on it."""
    scale_source: str
    """What its size is from: `iris` or `pupil_distance`."""


@dataclass(frozen=True, slots=True, repr=False)
class _Sight:
    """One photo on its way: what it shows, and the camera found for it."""

    flat: FloatArray
    """(468, 2) pixels."""
    depth: FloatArray
    """(468,) towards the camera, pixels."""
    irises: FloatArray
    """(2, 5, 2) pixels, the right one first."""
    camera: Projection
    say: FloatArray
    """(468,) 0..1 how much the photo says about each point."""

    @classmethod
    def of(cls, view: View, mean: FloatArray) -> _Sight:
        """Start from the network's own depth."""
        points = view.mesh.points[:MESH_POINTS].astype(np.float64)
        rotation, scale, shift = aligned(mean, points * _TO_FACE, np.ones(len(points)))
        irises = np.stack([view.mesh.points[RIGHT_IRIS, :2], view.mesh.points[LEFT_IRIS, :2]])
        camera = Projection(rotation, scale, shift[:2] * _TO_FACE[:2], USUAL_CLOSENESS)
        return cls(points[:, :2], -points[:, 2], irises, camera, np.ones(len(points)))

    @property
    def frontality(self) -> float:
        """Cosine between the face's direction and the camera's."""
        return float(self.camera.rotation[2, 2])

    def placed(self, points: FloatArray, normals: FloatArray, odd: float) -> _Sight:
        """With the camera and the say that fit a face of some points and unit normals."""
        camera = self.camera.refined(points, self.flat, self.say, _STEPS)
        seen = np.clip((camera.turned(normals)[:, 2] - _EDGE) / (_FULL - _EDGE), _LEAST, 1.0)
        away = np.linalg.norm(camera.pixels(points) - self.flat, axis=1) / camera.scale
        return _Sight(self.flat, self.depth, self.irises, camera, seen / (1.0 + (away / odd) ** 2))

    def evidence(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the photo says about each point: information (468, 3, 3), and that times the offset asked for (468, 3)."""
        error = self.camera.scale * _ACROSS_M / max(self.frontality, _LEAST_FRONTAL) ** 2
        slopes = self.camera.slopes(points) / error
        missing = (self.flat - self.camera.pixels(points)) / error
        along = self.camera.rotation[2] / _ALONG_M
        deeper = self._deeper(points) / _ALONG_M
        information = np.einsum("pki,pkj->pij", slopes, slopes) + np.outer(along, along)
        pull = np.einsum("pki,pk->pi", slopes, missing) + deeper[:, None] * along
        return self.say[:, None, None] * information, self.say[:, None] * pull

    def _deeper(self, points: FloatArray) -> FloatArray:
        """(468,) metres by which the network has each point nearer to the camera; its depth counts in a unit of its own."""
        own = self.camera.turned(points)[:, 2]
        weights = np.sqrt(self.say)
        basis = np.column_stack([own, np.ones(len(own))])
        gain, offset = np.linalg.lstsq(weights[:, None] * basis, weights * self.depth, rcond=None)[0]
        deeper: FloatArray = (self.depth - offset) / max(gain, self.camera.scale / 3.0) - own
        return deeper


def fuse(views: Sequence[View], topology: FaceTopology, pupil_distance_mm: float | None = None) -> Face:
    """The face that some views, at least one, show; its size from the irises or from a known distance of the pupils."""
    mean = topology.mean
    sights = sorted((_Sight.of(view, mean) for view in views), key=_order)
    points = mean
    for odd in _ODD_M:
        normals = vertex_normals(points, topology)
        sights = [sight.placed(points, normals, odd) for sight in sights]
        points = points + _moves(points, sights, topology)
    doubt = np.prod([1.0 - sight.say for sight in sights], axis=0)
    upright = _upright(points, mean)
    return Face(
        points=centred(upright * _size(sights, pupil_distance_mm)),
        confidence=1.0 - doubt,
        scale_source="iris" if pupil_distance_mm is None else "pupil_distance",
    )


def vertex_normals(points: FloatArray, topology: FaceTopology) -> FloatArray:
    """(468, 3) unit normals of a face, weighted by area."""
    first, second, third = points[topology.triangles].swapaxes(0, 1)
    across = np.cross(second - first, third - first)
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, topology.triangles[:, corner], across)
    unit: FloatArray = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return unit


def _order(sight: _Sight) -> tuple[float, ...]:
    """Sums in floating point depend on the order of what is added; this one depends on the photos alone."""
    return tuple(sight.camera.rotation.ravel().tolist())


def _moves(points: FloatArray, sights: Sequence[_Sight], topology: FaceTopology) -> FloatArray:
    """(468, 3) by how much each point should move: all that is known, weighted by its error."""
    known = 1.0 / (topology.spread**2 + _MEAN_M**2)
    information = np.zeros((len(points), 3, 3))
    information[:, range(3), range(3)] = known
    pull = known * (topology.mean - points)
    for sight in sights:
        own, pulled = sight.evidence(points)
        information += own
        pull = pull + pulled
    moves: FloatArray = np.linalg.solve(information, pull[..., None])[..., 0]
    return moves


def _upright(points: FloatArray, mean: FloatArray) -> FloatArray:
    """Points turned, not scaled, into the mean face's axes."""
    rotation, _, _ = aligned(points, mean, np.ones(len(points)))
    turned: FloatArray = points @ rotation.T
    return turned


def _size(sights: Sequence[_Sight], pupil_distance_mm: float | None) -> float:
    """Metres a unit of the solved face: the eyes of the photo that is most from the front tell."""
    front = max(sights, key=lambda sight: sight.frontality)
    pixels = front.camera.scale
    # What is turned away by the yaw looks narrower.
    across = front.irises[:, 1] - front.irises[:, 3]
    narrowed = float(np.linalg.norm(front.camera.rotation[:2, 0]))
    if pupil_distance_mm is None:
        return IRIS_M * pixels * narrowed / float(np.linalg.norm(across, axis=1).mean())
    between = float(np.linalg.norm(front.irises[0, 0] - front.irises[1, 0]))
    return pupil_distance_mm * 1e-3 * pixels * narrowed / between
