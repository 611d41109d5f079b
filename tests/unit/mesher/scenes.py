"""Scenes for the writers: the mean body, dressed, with face shapes where a test wants some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bodymodel.expressions import EXPRESSIONS
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.delivery import prepared
from services.mesher.domain.model import (
    Appearance,
    FileOptions,
    Garment,
    HairPattern,
    Morph,
    Part,
    Rig,
    Scene,
)
from services.mesher.domain.outfit import Outfitter
from tests.unit.mesher.conftest import DRESS

_DOWN = np.array([0.0, -0.5, 0.1], np.float32)
_TILT = np.array([0.0, 4.0, 1.0], np.float32)
APPEARANCE = Appearance("#d7a98c", HairPattern.BOB, "#3b2417")


def dressed(
    model: BodyModel, outfitter: Outfitter, body: Body, garments: Sequence[Garment] = (DRESS,)
) -> Scene:
    """The finest avatar, as it comes from the outfitter."""
    rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
    return Scene(outfitter.dress(body, APPEARANCE, garments), rig, {"modelVersion": "test"})


def ready(scene: Scene, options: FileOptions) -> Scene:
    """What a writer gets for these options."""
    shaped = [replace(part, morphs=_shapes(part, options.morph_targets)) for part in scene.parts]
    return prepared(replace(scene, parts=shaped), options)


def _shapes(part: Part, names: Sequence[str]) -> list[Morph]:
    """Shapes by arithmetic: each lowers another band of the face's skin, and leaves other meshes alone."""
    height = part.positions[:, 1] if part.name == "body" else np.zeros(0)
    shapes = []
    for name in names:
        middle = 1.52 + 0.002 * EXPRESSIONS.index(name)
        moved = np.flatnonzero(np.abs(height - middle) < 0.02)
        falls = (0.02 - np.abs(height[moved] - middle))[:, None].astype(np.float32)
        shapes.append(Morph(name, moved, falls * _DOWN, falls * _TILT))
    return shapes
