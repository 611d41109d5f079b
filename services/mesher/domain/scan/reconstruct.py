"""An uploaded cloud becomes a closed surface, upright, and the person in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.mesher.domain.errors import NotAPerson, ReconstructionAbsent
from services.mesher.domain.ports import Surfaces
from services.mesher.domain.scan import cloud, shell, upright
from services.mesher.domain.scan.cloud import Cloud
from services.mesher.domain.scan.person import REQUIRED_SCORE, Finder, Person
from services.mesher.domain.scan.repair import mended
from services.mesher.domain.scan.shell import Shell
from services.mesher.domain.scan.solid import Solid, round_points
from services.mesher.domain.surface import FloatArray


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """What became of a cloud."""

    solid: Solid
    """Closed; metres, upright, floor at Y = 0."""
    person: Person
    """Who explains it best, whether or not that is a person."""
    skin: FloatArray
    """(V, 3) that person's skin as it is posed, where the solid is."""
    rotation: FloatArray
    """(3, 3) from the upload to the solid: `rotation @ (metres_per_unit * point) + shift`."""
    shift: FloatArray
    """(3,) metres."""
    point_count: int
    outlier_count: int
    metres_per_unit: float


class Reconstructor:
    """Makes closed surfaces of clouds, and finds people in them."""

    def __init__(self, finder: Finder, surfaces: Surfaces) -> None:
        self._finder = finder
        self._surfaces = surfaces

    def __call__(self, upload: Cloud, *, must_be_person: bool) -> Reconstruction:
        """Raise InvalidCloud, NotAPerson where a person is wanted, ReconstructionAbsent for what is none without Open3D."""
        everything = np.concatenate([upload.points, cloud.on_surface(upload)])
        belongs = cloud.kept(everything)
        unit = upright.metres_per_unit(everything[belongs])
        # Near the origin, however far off the scanner's own was: float32 is to be enough.
        centre = everything[belongs].mean(axis=0)
        points = (everything[belongs] - centre) * unit
        person = self._finder.explain(points)
        if must_be_person and not person.plausible:
            raise NotAPerson(person.score, REQUIRED_SCORE)
        rotation, shift = person.upright()
        around = self._shell(points, person).moved(rotation, shift)
        solid = self._closed(around)
        floor = np.array([0.0, solid.vertices[:, 1].min(), 0.0])
        return Reconstruction(
            solid=Solid(solid.vertices - floor, solid.faces),
            person=person,
            skin=person.posed.points @ rotation.T + shift - floor,
            rotation=rotation,
            shift=shift - floor - rotation @ centre * unit,
            point_count=len(upload.points),
            outlier_count=int((~belongs[: len(upload.points)]).sum()),
            metres_per_unit=unit,
        )

    def _shell(self, points: FloatArray, person: Person) -> Shell:
        if person.plausible:
            return shell.of_person(points, person)
        return self._surfaces.oriented(shell.unoriented(points))

    def _closed(self, around: Shell) -> Solid:
        """Poisson's surface where it is there and can be mended; else a coarser one that is closed by construction."""
        try:
            solid = mended(self._surfaces.surface(around))
        except ReconstructionAbsent:
            return round_points(around.points, around.normals)
        return solid.outward() if solid.closed else round_points(around.points, around.normals)
