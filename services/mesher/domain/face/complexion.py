"""A body's skin with a person's face in it: the face's picture laid into the body's own, and brought to its colour.

Tones meet at the border of the face: there the picture becomes the skin around it, and what it took for that spreads
inwards and fades. Where the border of the face shows hair, the picture gives way to skin.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from bodymodel.template import Template
from facemodel import color
from facemodel.features.samples import PATCHES
from facemodel.landmarks import MESH_POINTS
from facemodel.topology import FaceTopology
from services.mesher.domain import paint
from services.mesher.domain.face.model import PersonFace
from services.mesher.domain.face.mould import Cover
from services.mesher.domain.finish import linear_rgb
from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import FloatArray, IntArray, undirected_edges

SIZE = 2048
"""Pixels a side of the body's picture: half a millimetre of the face each."""
_TONE = 16
"""Pixels of a face's picture, on both axes, that are averaged into the tone of a place."""
_FIRM = 20.0
"""How much closer a tone is held to the skin's at the border than to its neighbours'."""
_LOOSE = 0.06
"""And how much less to what the picture itself says, elsewhere: the smaller, the further the border is felt."""
_HAIR = (0.7, 1.3)
"""Natural logarithms of the light by which a border differs from skin: up to the first it is shade, from the second hair."""
_MOST_LEVELLED = 0.4
"""Natural logarithm: no border is brought further to the skin's tone than this; what is left shows as shade."""
_RINGS = 2
"""Points so many edges from the border can be taken for hair."""
_DARKEST = 1e-3
_TELLING = np.ravel(PATCHES)
"""Points about cheeks and forehead: what a picture shows there, in whatever light, is the person's skin."""
_TRUST_IN_WHITE = 0.5
"""How far a person's own skin, as it was told under white light, is believed against what the picture shows, in logarithms.

The whites of the eyes, which tell the light, are redder in life than in renders: believed wholly, they took the blood out of
skin, and photos of fair people were bleached.
"""


class Complexion:
    """Paints bodies with faces. What depends on template and topology alone is made once: 2 seconds and 60 MB."""

    def __init__(self, template: Template, topology: FaceTopology, cover: Cover, plain: Texture) -> None:
        """`plain` is the picture that multiplies the skin of a body without a person's face."""
        self._plain = plain
        rows, self._places = _texels(template, cover)
        self._share = (rows @ cover.share).astype(np.float32)
        entries = (
            cover.weights.ravel(),
            (np.repeat(np.arange(len(cover.corners)), 3), cover.corners.ravel()),
        )
        on_face = sparse.csr_array(entries, shape=(len(cover.corners), MESH_POINTS))
        self._rows = sparse.csr_array((rows @ on_face).astype(np.float32))
        """(t, 468): what a texel has = rows @ what the points have."""
        self._uv = self._rows @ topology.uv
        self._points_uv = topology.uv
        self._border = topology.regions["oval"]
        self._near_border = _near(topology, self._border)
        self._tension = _tension(topology)

    def paint(self, face: PersonFace, skin_color: str) -> Texture:
        """The whole skin's picture: nothing multiplies it."""
        light = _halved(color.light(face.picture))
        tone = np.log(self._tones(light) + _DARKEST)
        shown = np.median(tone[_TELLING], axis=0)
        skin = np.log(np.array(linear_rgb(skin_color)) + _DARKEST)
        if skin_color == face.worn.skin_color:
            skin = _TRUST_IN_WHITE * skin + (1.0 - _TRUST_IN_WHITE) * shown
        gain, trust = self._levels(tone, skin, skin - shown)
        fields = self._rows @ np.concatenate([gain, trust[:, None]], axis=1).astype(np.float32)
        share = (self._share * fields[:, 3])[:, None]
        pixels = self._bare(np.exp(skin) - _DARKEST)
        # In double precision, or the last bit of a power would show: see ADR 0004.
        under = color.light(pixels.reshape(-1, 3)[self._places]).astype(np.float64)
        over = _sampled(light, self._uv) * fields[:, :3].astype(np.float64)
        pixels.reshape(-1, 3)[self._places] = color.pixels(under + share * (over - under))
        return Texture(pixels)

    def _bare(self, skin: FloatArray) -> IntArray:
        """(SIZE, SIZE, 3) uint8: the plain picture in the skin's colour."""
        table = color.pixels(color.decode(np.arange(256) / 255.0)[:, None] * skin)
        plain = self._plain.pixels
        small = np.stack([table[plain[..., channel], channel] for channel in range(3)], axis=-1)
        times = SIZE // len(plain)
        return small.repeat(times, axis=0).repeat(times, axis=1)

    def _levels(self, tone: FloatArray, skin: FloatArray, asked: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What each point's light is multiplied with (468, 3), and how far it is skin at all (468,).

        All in logarithms: the points' tones (468, 3), the skin (3,), and what the picture as a whole is brought there by.
        """
        trust = np.ones(MESH_POINTS)
        shade = skin - tone - asked
        off = np.abs(shade).max(axis=1)[self._near_border]
        trust[self._near_border] = 1.0 - paint.step(off, *_HAIR)
        firm = np.zeros(MESH_POINTS)
        firm[self._border] = _FIRM * trust[self._border]
        system = self._tension + np.diag(firm + _LOOSE)
        levelled = firm[:, None] * np.clip(shade, -_MOST_LEVELLED, _MOST_LEVELLED)
        return np.exp(asked + linalg.solve(system, levelled, assume_a="pos")), trust

    def _tones(self, light: FloatArray) -> FloatArray:
        """(468, 3) mean light about each point."""
        step = _TONE // 2
        blocks = light[: len(light) // step * step, : light.shape[1] // step * step]
        height, width = len(blocks) // step, blocks.shape[1] // step
        means = blocks.reshape(height, step, width, step, 3).mean(axis=(1, 3), dtype=np.float64)
        return _sampled(means, self._points_uv)


def _texels(template: Template, cover: Cover) -> tuple[sparse.csr_array, IntArray]:
    """(t, k) rows that spread what the cover's vertices have over texels, and where those are in the picture (t,)."""
    number = np.full(template.body_vertices, -1)
    number[cover.vertices] = np.arange(len(cover.vertices))
    corners = number[template.body.triangles]
    shown = (corners >= 0).all(axis=1) & (cover.share[corners].max(axis=1) > 0.0)
    places, columns, weights = [], [], []
    for triangle, v, u, own in paint.texels(template, shown, SIZE):
        places.append(v * SIZE + u)
        columns.append(np.broadcast_to(corners[triangle], own.shape))
        weights.append(own)
    place, column, weight = np.concatenate(places), np.concatenate(columns), np.concatenate(weights)
    # Triangles reach a little over their edges; a texel belongs to the one that it lies deepest in.
    order = np.lexsort((-weight.min(axis=1), place))
    unique, first = np.unique(place[order], return_index=True)
    column, weight = column[order][first], weight[order][first]
    entries = (weight.ravel(), (np.repeat(np.arange(len(first)), 3), column.ravel()))
    return sparse.csr_array(entries, shape=(len(first), len(cover.vertices))), unique


def _near(topology: FaceTopology, border: IntArray) -> IntArray:
    """Points within a few edges of the border."""
    edges = undirected_edges(topology.triangles)
    near = np.zeros(MESH_POINTS, bool)
    near[border] = True
    for _ in range(_RINGS):
        near[edges[near[edges].any(axis=1)]] = True
    return np.flatnonzero(near)


def _tension(topology: FaceTopology) -> FloatArray:
    """(468, 468) what it costs that neighbours differ."""
    first, second = undirected_edges(topology.triangles).T
    links = np.zeros((MESH_POINTS, MESH_POINTS))
    links[first, second] = links[second, first] = -1.0
    tension: FloatArray = links - np.diag(links.sum(axis=1))
    return tension


def _halved(light: FloatArray) -> FloatArray:
    """A picture of half the size: a body's picture has fewer pixels on a face than the face's own."""
    height, width = len(light) // 2, light.shape[1] // 2
    blocks = light[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    half: FloatArray = (blocks[:, 0] + blocks[:, 1]).sum(axis=2) / 4.0
    return half


def _sampled(light: FloatArray, uv: FloatArray) -> FloatArray:
    """(n, 3) bilinear light at coordinates (n, 2) of 0..1."""
    height, width, _ = light.shape
    x = np.clip(uv[:, 0] * width - 0.5, 0.0, width - 1.001)
    y = np.clip(uv[:, 1] * height - 0.5, 0.0, height - 1.001)
    column, row = x.astype(np.int64), y.astype(np.int64)
    right, below = (x - column)[:, None], (y - row)[:, None]
    flat = light.reshape(-1, 3)
    first = row * width + column
    above = flat[first] + right * (flat[first + 1] - flat[first])
    under = flat[first + width] + right * (flat[first + width + 1] - flat[first + width])
    sampled: FloatArray = above + below * (under - above)
    return sampled
