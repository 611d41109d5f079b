"""A garment on a body: cut, draped, hung, kept off the skin and finished."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bodymodel.template import Template
from services.mesher.domain import cutting, drape, finish, skirt, surface
from services.mesher.domain.body import Body
from services.mesher.domain.cutting import Piece, Reference
from services.mesher.domain.model import Cut, Garment, Material, Part, Pattern
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.skirt import Skirt
from services.mesher.domain.suit import Suit
from services.mesher.domain.surface import FloatArray, IntArray

# What is drawn is the cloth's outer face.
_CLOTH = 0.0015
_MAX_EDGE = 0.0035
_ROUGHNESS = {Pattern.TOP: 0.9, Pattern.SKIRT: 0.8, Pattern.DRESS: 0.75, Pattern.TROUSERS: 0.85}
_SOURCE = "cut from the helper geometry of the MakeHuman base mesh"


@dataclass(frozen=True, slots=True)
class Sewn:
    """Everything about a cut that does not depend on the body."""

    piece: Piece
    skirt: Skirt | None
    triangles: IntArray
    """(m, 3) of the piece and the skirt together."""
    corners: sparse.csr_array
    loops: tuple[IntArray, ...]
    """Borders, the cloth on their left."""
    joints: IntArray
    weights: IntArray
    """(n, 4) uint8 each."""


class Tailor:
    """Cuts garments, keeping the topology of recent cuts, and fits them to bodies."""

    def __init__(self, template: Template, suit: Suit, reference: Reference, kept_cuts: int) -> None:
        self._template = template
        self._suit = suit
        self._reference = reference
        self._hanging = _hanging_vertices(template)
        self.sew = functools.lru_cache(maxsize=kept_cuts)(self._sew)

    def fit(self, garment: Garment, body: Body, taut: FloatArray, below: list[Layer]) -> tuple[Part, Layer]:
        """The garment on a body, outside the layers below, and the layer that it makes itself.

        `taut` is `Suit.taut` of the body.
        """
        sewn = self.sew(garment.cut)
        piece, clearance = sewn.piece, garment.cut.thickness + _CLOTH
        points = drape.straighten(piece, piece.patch.rows @ taut)
        points = drape.drape(piece, points, body.skeleton, body.levels, garment.girths)
        obstacle = Obstacle.of(below)
        points = obstacle.push_out(points, piece.patch.triangles, clearance).astype(np.float32)
        if sewn.skirt is not None and piece.join is not None:
            points = self._hang(piece, points, body, below)
        normals = surface.vertex_normals(points, sewn.triangles, sewn.corners)
        edge = min(_MAX_EDGE, 0.7 * clearance)
        cloth = finish.finish(points, normals, sewn.triangles, sewn.loops, edge)
        part = Part(
            name=garment.garment_id,
            positions=cloth.positions,
            normals=cloth.normals,
            triangles=cloth.triangles,
            joints=sewn.joints[cloth.origin],
            weights=sewn.weights[cloth.origin],
            material=Material(
                garment.garment_id,
                finish.linear_rgb(garment.color),
                _ROUGHNESS[garment.cut.pattern],
                double_sided=True,
            ),
            licence=garment.licence,
            source=_SOURCE,
        )
        return part, Layer(points, normals)

    def _hang(self, piece: Piece, points: FloatArray, body: Body, below: list[Layer]) -> FloatArray:
        inner = [layer.points[layer.points[:, 1] < body.levels.hip + 0.05] for layer in below[1:]]
        legs = np.concatenate([body.vertices[self._hanging], *inner])
        rings = skirt.fall(piece, points[piece.join], legs, body.levels)
        return np.concatenate([points, rings])

    def _sew(self, cut: Cut) -> Sewn:
        piece = cutting.cut_piece(self._suit, self._template, self._reference, cut)
        triangles, weights, loops = (
            piece.patch.triangles,
            piece.weights,
            [hem.loop for hem in piece.hems if hem.turned],
        )
        hanging = None
        if piece.join is not None:
            on_reference = piece.patch.rows @ self._suit.taut(self._reference.vertices)
            hanging = skirt.hang(piece, self._template, on_reference[piece.join], self._reference.levels)
            number = np.concatenate([piece.join, len(on_reference) + np.arange(len(hanging.weights))])
            triangles = np.concatenate([triangles, number[hanging.triangles]])
            weights = np.concatenate([weights, hanging.weights])
            loops.append(number[hanging.hem])
        joints, steps = finish.four_weights(weights)
        corners = surface.incidence(triangles, len(weights))
        return Sewn(piece, hanging, triangles, corners, tuple(loops), joints, steps)


def _hanging_vertices(template: Template) -> IntArray:
    """Body vertices that a skirt can hang on: hips and legs, no arms."""
    names = np.array(template.bones)[template.dominant_bones()[: template.body_vertices]]
    return np.flatnonzero([name in ("Hips", "Spine") or "Leg" in name or "Foot" in name for name in names])
