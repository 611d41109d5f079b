"""The mean body, and its skin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from bodypose.arrays import FloatArray
from bodypose.skinning import Flesh, SoftSkin, Stance
from bodypose.volume import Region, regions

MODELS = Path(__file__).parents[3] / "models"


@dataclass(frozen=True, slots=True)
class Standing:
    """A body in the A pose."""

    template: Template
    space: ShapeSpace
    vertices: FloatArray
    heads: FloatArray
    flesh: Flesh
    regions: Mapping[str, Region]

    def stance(self, turns: FloatArray) -> Stance:
        """The body's skeleton with its joints turned (52, 4)."""
        return Stance.of(turns, self.heads, self.template.parents)


@pytest.fixture(scope="session")
def mean() -> Standing:
    template = Template.load(MODELS)
    space = ShapeSpace.load(MODELS, template)
    vertices, heads = space.standing(np.zeros(space.size))
    flesh = SoftSkin.of(template, vertices).on(vertices, heads)
    return Standing(template, space, vertices, heads, flesh, regions(template, vertices, heads))
