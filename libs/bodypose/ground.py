"""Where a posed body is set down, and how high its seat is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bodymodel.template import Template
from bodypose.arrays import FloatArray

_SEATED = ("Hips", "LeftUpLeg", "RightUpLeg")


@dataclass(frozen=True, slots=True, repr=False)
class Ground:
    """Sets bodies of the template down."""

    seated: NDArray[np.bool_]
    """(n,) skin of pelvis and thighs, which a seat carries."""

    @classmethod
    def of(cls, template: Template) -> Ground:
        """Know the skin that sits."""
        bones = [template.bones.index(bone) for bone in _SEATED]
        return cls(np.isin(template.dominant_bones()[: template.body_vertices], bones))

    def drop(self, skin: FloatArray) -> FloatArray:
        """(3,) metres that bring the lowest of a body's skin (n, 3) to the floor at Y = 0."""
        return np.array([0.0, -float(skin[:, 1].min()), 0.0])

    def seat_height(self, skin: FloatArray) -> float:
        """Metres from the floor to the lowest of pelvis and thighs, of a body (n, 3) that has been set down."""
        return float(skin[self.seated, 1].min())
