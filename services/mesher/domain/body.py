"""From canonical points to a measured body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anthropometry.measurements import NAMES
from bodymodel.correct import Correction, ShapeTape, correct
from bodymodel.face import FaceShapes
from bodymodel.guard import Guard
from bodymodel.section import OpenSectionError
from bodymodel.shape import NETWORK_GRID, ShapeSpace, on_grid
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from services.mesher.domain.anatomy import Levels, Skeleton
from services.mesher.domain.errors import PointsNotABody
from services.mesher.domain.model import Quantities, Reading
from services.mesher.domain.surface import FloatArray

# The generator's clouds lie within 2 mm of the shape space; a cloud this far off is something else.
_MAX_MISFIT_M = 0.03
# People differ by less than 4 standard deviations in the leading components; trailing ones move tenths of a
# millimetre, so there the same cloud can be far off in deviations and still be a body.
_LEADING = 10
_MAX_DEVIATIONS = 10.0
_MAX_REACH_M = 3.0
_LITRES = 1000.0


@dataclass(frozen=True, slots=True)
class Body:
    """One standing body, floor at Y = 0."""

    vertices: FloatArray
    """(V, 3) float32 metres, helpers included."""
    heads: FloatArray
    """(B, 3) float32 bone heads, metres."""
    skeleton: Skeleton
    levels: Levels


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished body measures."""

    readings: Sequence[Reading]
    """The 15 in their order, then those reported beside them."""
    quantities: Quantities


@dataclass(frozen=True, slots=True)
class BodyModel:
    """Template, shape space, tape and face shapes of one model version."""

    template: Template
    space: ShapeSpace
    tape: TapeMeasure
    shape_tape: ShapeTape
    guard: Guard
    face: FaceShapes

    @classmethod
    def load(cls, models_dir: Path) -> BodyModel:
        """Read `body_template`, `body_shape` and `face_shapes`; raises FileNotFoundError when one is absent."""
        template = Template.load(models_dir)
        space, tape = ShapeSpace.load(models_dir, template), TapeMeasure(template)
        guard = Guard.of(template, space)
        return cls(template, space, tape, ShapeTape(space, tape), guard, FaceShapes.load(models_dir))

    def solve(self, points: FloatArray, targets_mm: FloatArray) -> Correction:
        """Fit the template to canonical points (10000, 3), then close the loop on the 15 targets.

        Raises PointsNotABody when the points are not finite or far from every body.
        """
        try:
            return correct(self.shape_tape, self.guard, self._fit(points), targets_mm)
        except OpenSectionError as error:
            raise PointsNotABody("the points lie on a body that cannot be measured") from error

    def stand(self, coefficients: FloatArray) -> Body:
        """The body of some shape coefficients (K,); zeros give the mean body."""
        vertices, heads = self.space.standing(coefficients)
        skeleton = Skeleton.of(self.template.bones, heads)
        return Body(vertices, heads, skeleton, self._levels(vertices, skeleton))

    def measured(self, body: Body, correction: Correction) -> Measured:
        """The receipt's numbers, as the tape lies on the delivered vertices."""
        return Measured(self._readings(body, correction), self._quantities(body))

    def measured_as_is(self, body: Body) -> Measured:
        """The same for a body that was found, not asked for: whatever the tape reads is what it should."""
        delivered = self.tape.measure(body.vertices)
        as_asked = np.ones(len(delivered), np.bool_)
        return self.measured(body, Correction(np.zeros(0), delivered, 0, as_asked))

    def _quantities(self, body: Body) -> Quantities:
        corners = body.vertices[self.template.body.triangles].astype(np.float64)
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        volume = np.einsum("fi,fi->", corners[:, 0], across) / 6.0
        area = np.linalg.norm(across, axis=1).sum() / 2.0
        return Quantities(float(volume) * _LITRES, float(area))

    def _readings(self, body: Body, correction: Correction) -> Sequence[Reading]:
        """The 15 in their order, then the natural waist and the underbust."""
        tapes = self.tape.polylines(body.vertices)
        fifteen = [
            Reading(name, float(value), tape, bool(feasible))
            for name, value, tape, feasible in zip(
                NAMES, correction.delivered_mm, tapes, correction.feasible, strict=True
            )
        ]
        beside = [
            Reading(name, loop.length_mm, loop.closed_path(), feasible=True)
            for name, loop in self.tape.beside(body.vertices).items()
        ]
        return [*fifteen, *beside]

    def _fit(self, points: FloatArray) -> FloatArray:
        if not (np.abs(points) < _MAX_REACH_M).all():
            raise PointsNotABody("the points are not all within a person's reach")
        coefficients = self.space.fit_cloud(points)
        if np.abs(coefficients[:_LEADING]).max() > _MAX_DEVIATIONS:
            raise PointsNotABody("the points are farther from every body than people are from each other")
        misfit = float(np.sqrt(3.0 * np.mean((self.space.cloud(coefficients) - points) ** 2)))
        if misfit > _MAX_MISFIT_M:
            raise PointsNotABody("the points do not lie on a body", misfit_mm=f"{misfit * 1e3:.0f}")
        # The network left them on this grid; float32 noise on the way, which differs between machines, goes.
        return on_grid(coefficients, NETWORK_GRID)

    def _levels(self, vertices: FloatArray, skeleton: Skeleton) -> Levels:
        def height(landmark: str) -> float:
            mark = self.template.landmarks[landmark]
            return float(mark.weights @ vertices[mark.vertices, 1])

        crotch = float(vertices[self.template.landmarks["crotch"].vertices, 1].min())
        return skeleton.levels(height("nipples"), height("navel"), height("buttocks"), crotch)
