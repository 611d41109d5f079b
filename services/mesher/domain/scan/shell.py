"""The points that a scan's watertight surface is made from, with their outward normals.

Where the scanner saw nothing, Poisson's surface would swell: the person who was found in the scan closes such holes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from services.mesher.domain.scan import cloud
from services.mesher.domain.scan.person import Person
from services.mesher.domain.surface import FloatArray

_STEPS = 280
"""Cells along a person to which a scan is thinned: about 6 mm."""
_THING_STEPS = 120
"""The same for anything else, whose surface may be many times a person's."""
_HOLE_M = 0.02
"""Skin farther than this from every point was not seen."""
_OFF_M = 0.05
"""Points farther than this from the person are strays."""


@dataclass(frozen=True, slots=True)
class Shell:
    """Oriented points, all round the body."""

    points: FloatArray
    """(n, 3) metres."""
    normals: FloatArray
    """(n, 3) unit vectors that face outwards."""

    def moved(self, rotation: FloatArray, shift: FloatArray) -> Shell:
        """The points turned by `rotation` (3, 3), then shifted by `shift` (3,)."""
        return Shell(self.points @ rotation.T + shift, self.normals @ rotation.T)


def of_person(points: FloatArray, person: Person) -> Shell:
    """The scan (m, 3) in metres without strays, facing as the person's skin does, its holes closed with that skin."""
    body = person.posed
    even, _ = cloud.gridded(points, _STEPS)
    distance, nearest = cKDTree(body.points).query(even)
    near = distance < _OFF_M
    even, outward = even[near], body.normals[nearest[near]]
    normals = cloud.normals(even)
    facing = np.einsum("ni,ni->n", normals, outward) < 0.0
    normals[facing] *= -1.0
    unseen = cKDTree(even).query(body.points)[0] > _HOLE_M
    return Shell(np.concatenate([even, body.points[unseen]]), np.concatenate([normals, body.normals[unseen]]))


def unoriented(points: FloatArray) -> Shell:
    """The scan (m, 3) in metres of whatever it is; its normals face either way."""
    even, _ = cloud.gridded(points, _THING_STEPS)
    return Shell(even, cloud.normals(even))
