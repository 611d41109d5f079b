"""A garment on a body: cut, draped, hung, kept off the skin and finished."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bodymodel.template import Template
from services.mesher.domain import cutting, drape, finish, skirt, surface
from services.mesher.domain.body import Body
from services.mesher.domain.cutting import Lie, Piece, Reference
from services.mesher.domain.finish import Edging
from services.mesher.domain.model import Cut, Garment, Material, Part, Pattern
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.ports import Watch
from services.mesher.domain.suit import Suit
from services.mesher.domain.surface import FloatArray, IntArray

# What is drawn is the cloth's outer face.
_CLOTH = 0.0015
_MAX_EDGE = 0.0035
# Turned edges may come this close to what lies below.
_LEAST = 0.0015
_ROUGHNESS = {Pattern.TOP: 0.9, Pattern.SKIRT: 0.8, Pattern.DRESS: 0.75, Pattern.TROUSERS: 0.85}
_SOURCE = "cut from the helper geometry of the MakeHuman base mesh"


@dataclass(frozen=True, slots=True)
class Sewn:
    """Everything about a cut that does not depend on the body: n vertices of a piece, then of its skirt."""

    piece: Piece
    triangles: IntArray
    """(m, 3)."""
    corners: sparse.csr_array
    edging: Edging
    joints: IntArray
    weights: IntArray
    """(n, 4) uint8 each."""
    trunk: NDArray[np.bool_]
    """(n,) whether a vertex lies on torso or legs."""
    on_reference: FloatArray
    """(n, 3) where the closely fitting garment lies on the reference body."""


class Tailor:
    """Cuts garments, keeping the topology of recent cuts, and fits them to bodies."""

    def __init__(
        self, template: Template, suit: Suit, reference: Reference, kept_cuts: int, watch: Watch
    ) -> None:
        self._template = template
        self._suit = suit
        self._reference = reference
        self._hanging = _hanging_vertices(template)
        self._watch = watch
        self._kept = functools.lru_cache(maxsize=kept_cuts)(self._sew)
        self._visible = functools.lru_cache(maxsize=kept_cuts)(self._find_visible)

    def sew(self, cut: Cut) -> Sewn:
        """The cut's topology, made where it is not kept."""
        self._watch.cut_wanted()
        return self._kept(cut)

    def fit(self, garment: Garment, body: Body, taut: FloatArray, below: list[Layer]) -> tuple[Part, Layer]:
        """The garment on a body, outside the layers below, and the layer that it makes itself.

        `taut` is `Suit.taut` of the body.
        """
        sewn = self.sew(garment.cut)
        clearance = garment.cut.thickness + _CLOTH
        obstacle = Obstacle.of(below)
        points = self._drape(sewn, garment, body, taut, below, obstacle)
        normals = surface.vertex_normals(points, sewn.triangles, sewn.corners)
        edged, directions = sewn.edging.turn_in(points, normals, min(_MAX_EDGE, 0.7 * clearance))
        own = sewn.edging.own
        edged[own:] = obstacle.push_out(edged[own:], sewn.edging.edges, _LEAST)
        part = Part(
            name=garment.garment_id,
            positions=edged,
            normals=directions,
            triangles=sewn.edging.triangles,
            joints=sewn.joints[sewn.edging.origin],
            weights=sewn.weights[sewn.edging.origin],
            material=Material(
                garment.garment_id,
                finish.linear_rgb(garment.color),
                _ROUGHNESS[garment.cut.pattern],
                double_sided=True,
            ),
            licence=garment.licence,
            source=_SOURCE,
        )
        return part, Layer(points, normals, sewn.trunk)

    def under(self, part: Part, cut: Cut, above: tuple[Cut, ...]) -> Part:
        """A fitted garment without what lies well under the cuts that are worn above it."""
        return finish.only(part, self._visible(cut, above)) if above else part

    def _drape(
        self,
        sewn: Sewn,
        garment: Garment,
        body: Body,
        taut: FloatArray,
        below: list[Layer],
        obstacle: Obstacle,
    ) -> FloatArray:
        """(n, 3) the cloth's outer face."""
        piece, clearance = sewn.piece, garment.cut.thickness + _CLOTH
        worn = [layer.points[layer.trunk] for layer in below[1:]]
        points = drape.straighten(piece, piece.patch.rows @ taut)
        points = drape.drape(piece, points, body.skeleton, body.levels, garment.girths, worn)
        points = _lay_necklines(piece, points, obstacle, clearance)
        points = obstacle.push_out(points, piece.patch.triangles, clearance).astype(np.float32)
        points = drape.close_inseam(piece, drape.part_legs(piece, points), obstacle)
        if piece.join is None:
            return points
        legs = np.concatenate([body.vertices[self._hanging], *worn])
        loop = points[piece.join]
        widening = drape.widening(piece, points, float(loop[:, 1].max()))
        return np.concatenate([points, skirt.fall(piece.cut, loop, widening, legs, body.levels)])

    def _sew(self, cut: Cut) -> Sewn:
        self._watch.cut_made()
        piece = cutting.cut_piece(self._suit, self._template, self._reference, cut)
        triangles, weights, points = piece.patch.triangles, piece.weights, piece.on_reference
        loops = [hem.loop for hem in piece.hems if hem.turned]
        if piece.join is not None:
            hanging = skirt.hang(piece, self._template, points[piece.join], self._reference.levels)
            number = np.concatenate([piece.join, len(points) + np.arange(len(hanging.weights))])
            triangles = np.concatenate([triangles, number[hanging.triangles]])
            weights = np.concatenate([weights, hanging.weights])
            points = np.concatenate([points, hanging.on_reference])
            loops.append(number[hanging.hem])
        joints, steps = finish.four_weights(weights)
        return Sewn(
            piece=piece,
            triangles=triangles,
            corners=surface.incidence(triangles, len(points)),
            edging=Edging.of(triangles, len(points), loops),
            joints=joints,
            weights=steps,
            trunk=np.concatenate([piece.arm < 0.5, np.ones(len(points) - len(piece.arm), bool)]),
            on_reference=points,
        )

    def _find_visible(self, cut: Cut, above: tuple[Cut, ...]) -> IntArray:
        """(m, 3) triangles of a garment that stay when others are worn above it."""
        sewn = self.sew(cut)
        hidden = np.any(
            [cutting.well_under(sewn.on_reference, self._reference, other) for other in above], axis=0
        )
        triangles = sewn.edging.triangles
        visible: IntArray = triangles[~hidden[sewn.edging.origin][triangles].all(axis=1)]
        return visible


def _lay_necklines(piece: Piece, points: FloatArray, obstacle: Obstacle, clearance: float) -> FloatArray:
    """Borders that follow no plane lie close, as a collar does."""
    laid = points.copy()
    for hem in piece.hems:
        if hem.lie is Lie.FREE:
            laid[hem.near] = obstacle.hug(points[hem.near], hem.share, clearance)
    return laid


def _hanging_vertices(template: Template) -> IntArray:
    """Body vertices that a skirt can hang on: hips and legs, no arms."""
    names = np.array(template.bones)[template.dominant_bones()[: template.body_vertices]]
    return np.flatnonzero([name in ("Hips", "Spine") or "Leg" in name or "Foot" in name for name in names])
