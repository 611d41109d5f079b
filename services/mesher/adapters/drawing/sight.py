"""What a camera sees, in numbers that shaders take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.mesher.adapters.drawing.geometry import Geometry
from services.mesher.adapters.drawing.matrices import of_view
from services.mesher.domain import ambience
from services.mesher.domain.ambience import Ambience
from services.mesher.domain.stage import Stage
from services.mesher.domain.surface import FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """A camera before a stage."""

    eye: FloatArray
    azimuth: float
    """Degrees from the front to where the camera stands."""
    projection: FloatArray
    view_projection: FloatArray
    size: int
    """Pixels a side."""
    ambience: Ambience
    """The light of what it sees behind."""

    @classmethod
    def of(cls, stage: Stage, geometry: Geometry) -> Sight:
        """The stage's camera."""
        eye, target = np.array(stage.view.eye), np.array(stage.view.target)
        # The floor's shadows reach farther than what throws them.
        camera, projection = of_view(stage.view, geometry.centre, geometry.radius + geometry.floor_reach)
        back = eye - target
        azimuth = float(np.degrees(np.arctan2(back[0], back[2])))
        return cls(
            eye, azimuth, projection, projection @ camera, stage.size, ambience.of(stage.backdrop.picture)
        )
