"""The mean body, and its skin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from bodypose.arrays import FloatArray
from bodypose.skinning import Flesh, SoftSkin, Stance
from bodypose.volume import Region, regions

MODELS = Path(__file__).parents[3] / "models"
_BUILDS = {
    "thin": (-0.6, 0.4, 0.9, 0.5, -0.9, -0.8, 0.0, 0.3),
    "heavy": (-0.7, 0.1, 0.0, -1.0, 1.1, 0.8, 0.2, -0.5),
}
"""Leading coefficients of women of median stature with a body mass index of 18.5 and of 34."""


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


@pytest.fixture(scope="session")
def others(mean: Standing) -> Mapping[str, Standing]:
    """A thin body and a heavy one."""
    return {name: _standing(mean, leading) for name, leading in _BUILDS.items()}


def _standing(mean: Standing, leading: tuple[float, ...]) -> Standing:
    coefficients = np.zeros(mean.space.size)
    coefficients[: len(leading)] = leading
    vertices, heads = mean.space.standing(coefficients)
    found = regions(mean.template, vertices, heads)
    return replace(
        mean, vertices=vertices, heads=heads, flesh=mean.flesh.skin.on(vertices, heads), regions=found
    )
