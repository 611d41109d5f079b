"""A face that moves: face shapes at their weights, for pictures that are drawn here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.mesher.domain import surface
from services.mesher.domain.expressions import Weights
from services.mesher.domain.model import Part, Scene

AT_EASE: Weights = {
    "mouthSmileLeft": 0.16,
    "mouthSmileRight": 0.18,
    "eyeSquintLeft": 0.06,
    "eyeSquintRight": 0.06,
    "eyeWideLeft": 0.15,
    "eyeWideRight": 0.15,
    "browInnerUp": 0.08,
}
"""A face that nobody gave an expression: the sculpted one neither smiles nor is quite awake."""


def moved(scene: Scene, weights: Weights) -> Scene:
    """The scene with its morphs at these weights, 0..1 by name; it has none afterwards."""
    return replace(scene, parts=[_moved(part, weights) for part in scene.parts])


def _moved(part: Part, weights: Weights) -> Part:
    if not part.morphs:
        return part
    positions, normals = part.positions.copy(), part.normals.copy()
    for morph in part.morphs:
        weight = np.float32(weights.get(morph.name, 0.0))
        positions[morph.vertices] += weight * morph.offsets
        normals[morph.vertices] += weight * morph.normals
    return replace(part, positions=positions, normals=surface.unit(normals), morphs=())
