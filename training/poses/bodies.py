"""Six bodies that every pose must hold on: thin, mean and heavy, of both types; and the middling one to compose on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import open3d as o3d
from scipy.spatial import KDTree

from anthropometry.population import Population
from bodymodel.correct import ShapeTape, correct
from bodymodel.guard import Guard
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from bodypose.arrays import FloatArray
from bodypose.skeleton import BONES
from bodypose.skinning import Flesh, SoftSkin, Stance

MODELS = Path(__file__).parents[2] / "models"
BODY_MASS_INDICES: Mapping[str, float] = {"thin": 18.5, "mean": 24.0, "heavy": 34.0}
"""kg/m2. The least and the middle of what the WHO calls normal, and the first step of obesity nearly past."""
BODY_TYPES = ("feminine", "masculine")
_SPACING_M = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One body in the A pose, with what poses of it are judged by."""

    name: str
    vertices: FloatArray
    """(V, 3) float64 vertices of the closed skin, metres."""
    heads: FloatArray
    """(52, 3) bone heads."""
    flesh: Flesh
    masses: FloatArray
    """(52,) share of the volume that each bone carries."""
    centres: FloatArray
    """(52, 3) where that share's centre of mass lies at rest; the bone's head where it carries nothing."""

    def centre_of_mass(self, world: FloatArray, heads: FloatArray) -> FloatArray:
        """(..., 3) of poses (..., 52, 3, 3) and (..., 52, 3): the volume's, as if it were of one density."""
        centres = heads + np.einsum("...bij,bj->...bi", world, self.centres - self.heads)
        found: FloatArray = np.einsum("b,...bi->...i", self.masses, centres)
        return found

    def posed(self, turns: FloatArray) -> Posed:
        """The body in the pose of quaternions (52, 4), its lowest point on the floor."""
        stance = Stance.of(turns, self.heads, template().parents)
        skin, _ = self.flesh.body(stance, self.vertices)
        floor = np.array([0.0, skin[:, 1].min(), 0.0])
        return Posed(skin - floor, stance.turns, stance.heads - floor)


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A body in a pose."""

    skin: FloatArray
    """(V, 3) metres."""
    world: FloatArray
    """(52, 3, 3) rotations of the bones."""
    heads: FloatArray
    """(52, 3) metres."""


@cache
def template() -> Template:
    """The fixed part of all bodies."""
    return Template.load(MODELS)


@cache
def middling() -> Body:
    """The mean of the shape space."""
    return _body("middling", *_space().standing(np.zeros(_space().size)))


@cache
def judged() -> tuple[Body, ...]:
    """The six, as the population has people of a median stature and of these weights."""
    population = Population.load(MODELS)
    return tuple(
        _body(f"{size} {body_type}", *_space().standing(_coefficients(population, body_type, index)))
        for body_type in BODY_TYPES
        for size, index in BODY_MASS_INDICES.items()
    )


def _coefficients(population: Population, body_type: str, body_mass_index: float) -> FloatArray:
    """The nearest body of the shape space that measures as such people do."""
    stature = population.estimate({}, body_type).values_mm[0]
    weight = body_mass_index * (stature / 1000.0) ** 2
    targets = population.estimate({"stature": stature}, body_type, weight_kg=weight).values_mm
    tape, guard = _corrector()
    return correct(tape, guard, np.zeros(_space().size), targets).coefficients


@cache
def _space() -> ShapeSpace:
    return ShapeSpace.load(MODELS, template())


@cache
def _corrector() -> tuple[ShapeTape, Guard]:
    return ShapeTape(_space(), TapeMeasure(template())), Guard.of(template(), _space())


@cache
def soft_skin() -> SoftSkin:
    """How skin follows bones."""
    vertices, _ = _space().standing(np.zeros(_space().size))
    return SoftSkin.of(template(), vertices)


def _body(name: str, vertices: FloatArray, heads: FloatArray) -> Body:
    heads = heads.astype(np.float64)
    skin = vertices[: template().body_vertices].astype(np.float64)
    flesh = soft_skin().on(vertices, heads)
    return Body(name, skin, heads, flesh, *_masses(skin, heads))


def _masses(skin: FloatArray, heads: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shares (52,) and centres (52, 3) of what each bone carries: points inside go with the skin nearest to them."""
    low, high = skin.min(axis=0), skin.max(axis=0)
    axes = [np.arange(start, end, _SPACING_M) for start, end in zip(low.tolist(), high.tolist(), strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)
    inside = grid[caster(skin).compute_occupancy(o3d.core.Tensor.from_numpy(grid), nthreads=1).numpy() > 0.0]
    _, nearest = KDTree(skin).query(inside)
    carried = np.zeros((len(inside), len(BONES)))
    joints, weights = soft_skin().joints[nearest], soft_skin().weights[nearest]
    for slot in range(joints.shape[1]):
        carried[np.arange(len(inside)), joints[:, slot]] += weights[:, slot]
    masses = carried.sum(axis=0)
    moments = carried.T @ inside.astype(np.float64)
    held = masses > 0.0
    centres = np.where(held[:, None], moments / np.where(held, masses, 1.0)[:, None], heads)
    return masses / masses.sum(), centres


def caster(skin: FloatArray) -> o3d.t.geometry.RaycastingScene:
    """Answers rays at a body's skin (V, 3)."""
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(skin.astype(np.float32)),
        o3d.core.Tensor.from_numpy(template().body.triangles.astype(np.uint32)),
    )
    return scene
