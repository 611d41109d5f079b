"""Heads to photograph: bodies of the shape space with more varied faces, as surfaces in the mesher's own paint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bodymodel.arrays import FloatArray, IntArray
from bodymodel.face import FaceShapes
from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from facemodel import color
from services.mesher.domain import hair, paint, skin, surface
from services.mesher.domain.anatomy import Skeleton
from services.mesher.domain.finish import linear_rgb
from services.mesher.domain.model import HairPattern, Part
from training.face.scene import Surface

_DRAWN_BELOW_NECK_M = 0.16
_COLLAR_BELOW_NECK_M = 0.015
_PAINTED_IRIS = 0.43
"""Radius of the painted iris to the middle of its dark rim, in eyeball radii."""


@dataclass(frozen=True, slots=True)
class Bump:
    """A smooth change of the face, the same on both sides; lengths in halves of the eyes' distance."""

    centre: tuple[float, float, float]
    """From the middle between the eyes: outwards, up, forward."""
    radius: float
    push: tuple[float, float, float]
    """What a strength of 1 moves the centre by: outwards, up, forward."""
    usual: float = 0.0
    """Mean strength."""


BUMPS: Mapping[str, Bump] = {
    "jaw width": Bump((1.75, -2.4, -0.9), 1.3, (0.14, 0.0, 0.0)),
    "cheekbone width": Bump((1.9, -0.6, -0.5), 1.0, (0.11, 0.0, 0.0)),
    "temple width": Bump((2.0, 1.1, -0.8), 1.2, (0.11, 0.0, 0.0)),
    "forehead height": Bump((0.0, 2.3, -0.2), 1.4, (0.0, 0.2, 0.0)),
    "chin length": Bump((0.0, -3.7, 0.0), 1.4, (0.0, -0.24, 0.0)),
    "chin forward": Bump((0.0, -3.5, 0.4), 0.9, (0.0, 0.0, 0.14)),
    "chin width": Bump((0.6, -3.5, 0.2), 0.8, (0.12, 0.0, 0.0)),
    "cheek fullness": Bump((1.2, -1.7, 0.0), 0.8, (0.06, 0.0, 0.10)),
    "nose length": Bump((0.0, -1.3, 0.9), 0.6, (0.0, -0.10, 0.0)),
    "nose forward": Bump((0.0, -1.2, 1.0), 0.6, (0.0, 0.0, 0.07)),
    "nose width": Bump((0.38, -1.3, 0.6), 0.4, (0.06, 0.0, 0.0)),
    "nose bridge": Bump((0.0, -0.25, 0.85), 0.45, (0.0, 0.0, 0.08), usual=2.6),
    "nose ridge": Bump((0.0, -0.8, 1.15), 0.45, (0.0, 0.0, 0.07), usual=3.8),
    "nose tip": Bump((0.0, -1.2, 1.4), 0.4, (0.0, 0.0, 0.07), usual=1.9),
    "nose wings": Bump((0.5, -1.1, 0.85), 0.4, (0.0, 0.0, 0.06), usual=4.0),
    "brow height": Bump((1.0, 0.65, 0.2), 0.5, (0.0, 0.06, 0.0)),
    "brow ridge": Bump((0.8, 0.5, 0.4), 0.6, (0.0, 0.0, 0.06)),
    "eye distance": Bump((1.0, 0.0, 0.2), 0.9, (0.05, 0.0, 0.0)),
    "mouth width": Bump((0.8, -2.35, 0.4), 0.5, (0.09, 0.0, 0.0)),
    "mouth height": Bump((0.0, -2.4, 0.6), 0.8, (0.0, 0.09, 0.0)),
}
"""What the shape space varies too little: it was made for bodies. A strength of 1 is one standard deviation.

Its mean nose stands out by 9 mm from its base; people's do by 19 mm, and the face network, which knows people, sees our
flat ones 10 mm too far forward. So noses are drawn from a mean that stands out as theirs do.
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What a head is painted with."""

    skin_color: str
    hair: HairPattern = HairPattern.NONE
    hair_color: str = "#2c1d14"
    shirt_color: str = "#5a6470"
    iris_mm: float = 11.7
    """Visible diameter."""
    eye_tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Multiplies the painted eye's brown."""
    lip_gloss: float = 0.0


class HeadModel:
    """Shape, expression and paint of heads; makes `Surface`s."""

    def __init__(self, models: Path) -> None:
        self.template = Template.load(models)
        self.space = ShapeSpace.load(models, self.template)
        self.shapes = FaceShapes.load(models)
        self.mean, self._mean_bones = self.space.standing(np.zeros(self.space.size))
        self._skin = skin.Skin.of(self.template, self.mean)
        self._fittings = tuple(
            make(self.template, self.mean) for make in (skin.eyes, skin.lashes, skin.teeth, skin.tongue)
        )
        self._bust, self._shirt = self._cut()
        self._paint = color.light(self._skin.texture.pixels)
        self._eye = color.light(paint.eye().pixels)
        self._comb = cache(self._combed)

    def vertices(
        self, coefficients: FloatArray, bumps: Mapping[str, float], expression: Mapping[str, float]
    ) -> FloatArray:
        """(V, 3) float64 template vertices of a standing person with some strengths of `BUMPS` and of face shapes."""
        standing, _ = self.space.standing(coefficients)
        vertices = bumped(self.template, standing.astype(np.float64), bumps)
        scales = self.shapes.scales(vertices)
        for name, weight in expression.items():
            number = self.shapes.names.index(name)
            vertices[self.shapes.vertices[number]] += weight * scales[number] * self.shapes.offsets[number]
        return vertices

    def surfaces(self, vertices: FloatArray, look: Look, rng: np.random.Generator) -> list[Surface]:
        """A person from the chest up; `rng` mottles the skin."""
        vertices = vertices.astype(np.float32)
        made = [
            *self._body(vertices, look, rng),
            *(self._fitted(each.part(vertices), vertices, look) for each in self._fittings),
        ]
        if look.hair is not HairPattern.NONE:
            made.append(self._hair(vertices, look))
        return made

    def eyes(self, vertices: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(2, 3) middles and (2,) radii in metres of the eyeballs: the right one, then the left."""
        return eyeballs(self.template, vertices)

    def skin_triangles(self) -> IntArray:
        """(m, 3) template vertices of the triangles of the surface `skin`, in its order."""
        return self._skin.source[self._bust]

    def _cut(self) -> tuple[IntArray, IntArray]:
        """Drawn triangles of the skin from the collar up, and of the shirt below it."""
        neck = self._mean_bones[self.template.bones.index("Neck")]
        drawn = self._skin.triangles
        middle = self.mean[self._skin.source[drawn]].mean(axis=1)
        near = (middle[:, 1] > neck[1] - _DRAWN_BELOW_NECK_M) & (np.abs(middle[:, 0]) < 0.3)
        # The neck's base leans forward: its front lies lower than its nape.
        below = middle[:, 1] + 0.5 * (middle[:, 2] - neck[2]) < neck[1] - _COLLAR_BELOW_NECK_M
        return drawn[near & ~below], drawn[near & below]

    def _body(self, vertices: FloatArray, look: Look, rng: np.random.Generator) -> list[Surface]:
        points, normals = vertices[self._skin.source], self._skin.normals(vertices)[self._skin.source]
        mottle = (1.0 + 0.02 * rng.standard_normal((len(vertices), 3)))[self._skin.source]
        own = Surface(
            "skin", points, self._bust, normals, linear_rgb(look.skin_color),
            texture=self._paint, uv=self._skin.uv, shades=mottle, gloss=0.03,
        )  # fmt: skip
        return [own, Surface("shirt", points, self._shirt, normals, linear_rgb(look.shirt_color))]

    def _fitted(self, part: Part, vertices: FloatArray, look: Look) -> Surface:
        if part.name != "eyes":
            return of_part(part)
        uv = np.array(part.uv)
        _, radii = self.eyes(vertices)
        for side, radius in ((part.positions[:, 0] <= 0.0, radii[0]), (part.positions[:, 0] > 0.0, radii[1])):
            painted_mm = 2e3 * _PAINTED_IRIS * radius
            uv[side] = 0.5 + (uv[side] - 0.5) * painted_mm / look.iris_mm
        coloured = self._eye.copy()
        brown = coloured[..., 0] < 0.5
        coloured[brown] = np.clip(coloured[brown] * look.eye_tint, 0.0, 1.0)
        return of_part(part, texture=coloured, uv=uv, gloss=0.25)

    def _hair(self, vertices: FloatArray, look: Look) -> Surface:
        hairdo = self._comb(look.hair)
        points = (hairdo.rows @ vertices + hairdo.offset).astype(np.float32)
        return Surface(
            "hair", points, hairdo.triangles, surface.vertex_normals(points, hairdo.triangles, hairdo.corners),
            linear_rgb(look.hair_color), shades=hairdo.shades[:, :3] / 255.0, gloss=0.02,
        )  # fmt: skip

    def _combed(self, pattern: HairPattern) -> hair.Hairdo:
        return hair.comb(
            pattern, self.template, self.mean, Skeleton.of(self.template.bones, self._mean_bones)
        )


def of_part(
    part: Part, texture: FloatArray | None = None, uv: FloatArray | None = None, gloss: float = 0.0
) -> Surface:
    """A mesher's part as a surface; its own picture is left to `texture`."""
    shades = None if part.colors is None else part.colors[:, :3] / 255.0
    return Surface(
        part.name,
        part.positions,
        part.triangles,
        part.normals,
        part.material.color,
        texture,
        uv,
        shades,
        gloss,
    )


def eyeballs(template: Template, vertices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(2, 3) middles and (2,) radii in metres of the eyeballs: the right one, then the left."""
    middles, radii = [], []
    for side in "rl":
        points = vertices[np.unique(template.groups[f"helper-{side}-eye"].quads)]
        low, high = points.min(axis=0), points.max(axis=0)
        middles.append((low + high) / 2.0)
        radii.append((high[1] - low[1]) / 2.0)
    return np.array(middles), np.array(radii)


def bumped(template: Template, vertices: FloatArray, bumps: Mapping[str, float]) -> FloatArray:
    """Vertices (V, 3) with some strengths of `BUMPS`; what is a radius or two away stays."""
    (right, left), _ = eyeballs(template, vertices)
    middle, unit = (right + left) / 2.0, float(left[0] - right[0]) / 2.0
    place = (vertices - middle) / unit
    moved = np.zeros_like(place)
    for name, strength in bumps.items():
        bump = BUMPS[name]
        sides = (1.0, -1.0) if bump.centre[0] else (1.0,)
        for side in sides:
            flip = np.array([side, 1.0, 1.0])
            away = ((place - flip * bump.centre) ** 2).sum(axis=1) / bump.radius**2
            moved += strength * np.exp(-away)[:, None] * flip * bump.push
    shifted: FloatArray = vertices + unit * moved
    return shifted
