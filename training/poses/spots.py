"""Places on the body that hands go to, on the skin of the middling body and carried by a bone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import open3d as o3d

from bodypose.arrays import FloatArray
from training.poses.bodies import caster, middling

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a ray from inside the resting body leaves its skin. X counts outward: the left side's, as written."""

    bone: str
    """That carries it; `{side}` is the hand's own side, `{other}` the other one."""
    start: Vector
    """Metres, on the middling body."""
    way: Vector


SPOTS: Mapping[str, Spot] = {
    "hip": Spot("Hips", (0.0, 1.0, 0.02), (1.0, 0.0, 0.05)),
    "front of the hip": Spot("Hips", (0.05, 0.985, 0.0), (0.75, 0.0, 0.8)),
    "back of the hip": Spot("Hips", (0.05, 0.99, 0.0), (0.7, 0.0, -0.75)),
    "waist": Spot("Spine", (0.0, 1.075, 0.0), (1.0, 0.0, 0.15)),
    "far waist": Spot("Spine", (0.0, 1.1, 0.0), (-0.75, 0.0, 0.7)),
    "belly": Spot("Spine", (0.0, 1.06, 0.0), (0.1, 0.0, 1.0)),
    "small of the back": Spot("Hips", (0.0, 1.03, 0.0), (0.25, 0.0, -1.0)),
    "pocket": Spot("Hips", (0.1, 0.935, 0.0), (0.85, 0.0, 0.75)),
    "back pocket": Spot("Hips", (0.08, 0.92, 0.0), (0.35, 0.0, -1.0)),
    "thigh": Spot("{side}UpLeg", (0.11, 0.76, 0.02), (0.85, 0.0, 0.6)),
    "top of the thigh": Spot("{side}UpLeg", (0.105, 0.66, 0.02), (0.1, 0.0, 1.0)),
    "far thigh": Spot("{other}UpLeg", (-0.09, 0.68, 0.02), (0.2, 0.0, 1.0)),
    "knee": Spot("{side}Leg", (0.11, 0.52, 0.03), (0.0, 0.15, 1.0)),
    "far knee": Spot("{other}Leg", (-0.11, 0.52, 0.03), (0.0, 0.15, 1.0)),
    "shin": Spot("{side}Leg", (0.11, 0.38, 0.01), (0.1, 0.0, 1.0)),
    "far elbow": Spot("{other}ForeArm", (-0.38, 1.148, 0.02), (0.3, -0.3, 0.9)),
    "heart": Spot("Spine2", (0.0, 1.31, 0.0), (-0.25, 0.05, 1.0)),
    "side of the neck": Spot("Neck", (0.0, 1.475, 0.0), (1.0, 0.15, 0.25)),
    "nape": Spot("Neck", (0.0, 1.49, 0.0), (0.45, 0.0, -1.0)),
    "chin": Spot("Head", (0.0, 1.515, 0.05), (0.12, -0.35, 1.0)),
    "lips": Spot("Head", (0.0, 1.53, 0.05), (0.15, 0.0, 1.0)),
    "jaw": Spot("Head", (0.0, 1.53, 0.02), (0.9, -0.1, 0.6)),
    "cheek": Spot("Head", (0.0, 1.555, 0.03), (0.8, 0.0, 0.75)),
    "temple": Spot("Head", (0.0, 1.61, 0.02), (0.9, 0.2, 0.5)),
    "brow": Spot("Head", (0.0, 1.63, 0.02), (0.35, 0.15, 1.0)),
    "hair": Spot("Head", (0.0, 1.61, 0.0), (0.85, 0.55, -0.15)),
    "crown": Spot("Head", (0.0, 1.61, 0.0), (0.35, 1.0, 0.0)),
    "back of the head": Spot("Head", (0.0, 1.58, 0.0), (0.5, 0.15, -1.0)),
}


@cache
def on_skin(name: str) -> tuple[FloatArray, FloatArray]:
    """A spot of the left hand on the resting middling body: (3,) where it is and (3,) which way is out."""
    spot = SPOTS[name]
    way = np.array(spot.way) / np.linalg.norm(spot.way)
    ray = o3d.core.Tensor.from_numpy(np.array([[*spot.start, *way]], np.float32))
    hits = caster(middling().vertices).list_intersections(ray)["t_hit"].numpy()
    # From inside the first crossing is the way out; fingers and folds that lie beyond are others.
    return np.array(spot.start) + float(hits.min()) * way, way
