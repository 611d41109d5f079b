"""One mesh with one material and one picture: every material gets a cell of the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facemodel import color
from services.mesher.domain import pictures
from services.mesher.domain.model import Material, Morph, Part, Scene
from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import FloatArray, IntArray

NAME = "avatar"
"""Of the mesh and its material."""
_SWATCH = 16
"""Side of what a plain colour counts as beside pictures, pixels."""
_GUTTERS = 128
"""A cell's own pixels go on beyond its edge for this part of the picture's side, so that mip levels stay clean."""
_WHITE = 255


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of the picture, in pixels from the upper left."""

    left: int
    top: int
    width: int
    height: int

    def divided(self, share: float) -> tuple[Cell, Cell]:
        """Two cells, cut across the longer side; the first takes `share` of it."""
        if self.width >= self.height:
            cut = round(self.width * share)
            return replace(self, width=cut), replace(self, left=self.left + cut, width=self.width - cut)
        cut = round(self.height * share)
        return replace(self, height=cut), replace(self, top=self.top + cut, height=self.height - cut)

    def within(self, gutter: int) -> Cell:
        """The cell without a border."""
        return Cell(self.left + gutter, self.top + gutter, self.width - 2 * gutter, self.height - 2 * gutter)

    def place(self, uv: FloatArray, side: int) -> FloatArray:
        """(n, 2) coordinates on the cell's own picture -> on a picture of `side` pixels; those beyond it are cut."""
        corner, size = np.array([self.left, self.top]), np.array([self.width, self.height])
        placed: FloatArray = (corner + np.clip(uv, 0.0, 1.0) * size) / side
        return placed.astype(np.float32)


def merged(scene: Scene, side: int) -> Scene:
    """The scene as one part whose picture is `side` pixels wide and high; 0 leaves it as it is."""
    if not side:
        return scene
    parts = scene.parts
    materials = list(dict.fromkeys(part.material for part in parts))
    # The most important first: halves of the list then weigh alike, and cells stay near square.
    materials.sort(key=_importance, reverse=True)
    gutter = max(side // _GUTTERS, 1)
    cells = dict(
        zip(materials, _cells([_importance(each) for each in materials], Cell(0, 0, side, side)), strict=True)
    )
    inner = {material: cell.within(gutter) for material, cell in cells.items()}
    material = Material(
        NAME,
        (1.0, 1.0, 1.0),
        _roughness(parts),
        double_sided=any(part.material.double_sided for part in parts),
        texture=Texture(_picture(inner, gutter, side)),
    )
    return replace(scene, parts=[_joined(parts, inner, side, material)])


def _importance(material: Material) -> float:
    """A side in pixels, so that areas grow slower than numbers of pixels: small pictures are of small, near things."""
    if material.texture is None:
        return _SWATCH
    height, width, _ = material.texture.pixels.shape
    return float(np.sqrt(height * width))


def _cells(weights: Sequence[float], cell: Cell) -> list[Cell]:
    """Divide a cell by weight, heavier ones first, in halves that weigh as nearly alike as their order allows."""
    if len(weights) == 1:
        return [cell]
    sums = np.cumsum(weights)
    half = int(np.abs(sums[:-1] - sums[-1] / 2.0).argmin()) + 1
    first, second = cell.divided(float(sums[half - 1] / sums[-1]))
    return [*_cells(weights[:half], first), *_cells(weights[half:], second)]


def _picture(cells: Mapping[Material, Cell], gutter: int, side: int) -> IntArray:
    """(side, side, 3) uint8 sRGB; every material's colour is in its pixels."""
    picture = np.zeros((side, side, 3), np.uint8)
    for material, cell in cells.items():
        light = np.ones((1, 1, 3)) if material.texture is None else color.light(material.texture.pixels)
        own = color.pixels(pictures.resized(light, cell.height, cell.width) * material.color)
        around = np.pad(own, ((gutter, gutter), (gutter, gutter), (0, 0)), mode="edge")
        left, top = cell.left - gutter, cell.top - gutter
        picture[top : top + around.shape[0], left : left + around.shape[1]] = around
    return picture


def _roughness(parts: Sequence[Part]) -> float:
    """The mean over the parts' surface."""
    areas = [_area(part) for part in parts]
    return round(float(np.average([part.material.roughness for part in parts], weights=areas)), 6)


def _area(part: Part) -> float:
    first, second, third = part.positions[part.triangles].astype(np.float64).swapaxes(0, 1)
    return float(np.linalg.norm(np.cross(second - first, third - first), axis=1).sum() / 2.0)


def _joined(parts: Sequence[Part], cells: Mapping[Material, Cell], side: int, material: Material) -> Part:
    firsts = np.cumsum([0, *(len(part.positions) for part in parts)])
    pairs = list(zip(parts, firsts.tolist(), strict=False))
    return Part(
        name=NAME,
        positions=np.concatenate([part.positions for part in parts]),
        normals=np.concatenate([part.normals for part in parts]),
        triangles=np.concatenate([part.triangles + first for part, first in pairs]),
        joints=np.concatenate([part.joints for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        material=material,
        licence=" AND ".join(sorted({part.licence for part in parts})),
        source="; ".join(dict.fromkeys(part.source for part in parts)),
        uv=np.concatenate([_uv(part, cells[part.material], side) for part in parts]),
        colors=_colors(parts),
        morphs=_morphs([(part, first) for part, first in pairs if part.morphs]),
    )


def _uv(part: Part, cell: Cell, side: int) -> FloatArray:
    """Coordinates on the whole picture; a plain colour's are all the middle of its cell."""
    if part.uv is None or part.material.texture is None:
        return cell.place(np.full((len(part.positions), 2), 0.5), side)
    return cell.place(part.uv, side)


def _colors(parts: Sequence[Part]) -> IntArray | None:
    """(n, 4) vertex colours, white where a part has none; none at all where no part has any."""
    if all(part.colors is None for part in parts):
        return None
    return np.concatenate(
        [
            np.full((len(part.positions), 4), _WHITE, np.uint8) if part.colors is None else part.colors
            for part in parts
        ]
    )


def _morphs(pieces: Sequence[tuple[Part, int]]) -> list[Morph]:
    """The face shapes of some meshes as those of one; each mesh comes with the number of its first vertex."""
    firsts = [first for _, first in pieces]
    return [
        Morph(
            shape[0].name,
            np.concatenate([morph.vertices + first for morph, first in zip(shape, firsts, strict=True)]),
            np.concatenate([morph.offsets for morph in shape]),
            np.concatenate([morph.normals for morph in shape]),
        )
        for shape in zip(*(part.morphs for part, _ in pieces), strict=True)
    ]
