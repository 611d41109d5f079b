"""A face's picture out of the photos that it was seen in.

Every pixel is taken from the photo that shows its place best: turned to the camera, with nothing before it. Photos differ
in exposure and light, so each is first brought to a common tone, smoothly over the whole face: tones meet gradually,
and detail meets in a narrow band, where a wide one would show everything twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse

from facemodel import sampling
from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.canvas import BoolArray, canvas
from facemodel.projection import aligned
from facemodel.sampling import Samples
from facemodel.smoothing import Smoother, links
from facemodel.topology import FaceTopology

SIZE = 1024
"""Pixels a side of a face's picture."""
_TO_FACE = np.array([1.0, -1.0, -1.0])
"""From a photo's axes to those of a face."""
_GAMMA = 2.2
_LIGHT = ((np.arange(256) / 255.0) ** _GAMMA).astype(np.float32)
"""Light of an encoded number. A mere power, so that a gain of light is a gain of encoded numbers as well."""
_DARKEST = 1e-3
_PROBES = 96
"""Pixels a side of the canvas on which photos are judged and their tones compared."""
_CELLS, _MARGIN = 40, 2
"""Cells across a face in a photo, and beside it: in each, the nearest point hides those far behind it."""
_AROUND = np.ones((3, 3), bool)
_HIDDEN = 0.04
"""How far behind, in widths of the face."""
_DOUBTED, _TRUSTED = 0.04, 0.25
"""Trust from which, and trust at which, a photo counts: surfaces turned away by some 80 and 60 degrees."""
_GRAZING, _FACING = 0.4, 0.8
"""Cosine to the camera from which, and at which, a point at the outline of the head counts."""
_DRAWN_IN = 0.1
"""How far points of the border are taken from further inside, of the way to the next: there the hair begins."""
_BAND = 0.12
"""Trust within which the second best photo still has a share."""
_ONE_PHOTO = ("left_eye", "right_eye", "lips")
"""What is never mixed: two eyes look one way, and a mouth has one shape."""
_STIFF, _SOFT = 4.0, 0.2
"""How much smoothness counts against what was seen: of the photos' gains, and of the tone that holes are filled with."""
_MOST_EXPOSED, _MOST_LIT = np.log(4.0), np.log(2.0)
"""Largest change of light of a photo as a whole, and of a place on it, as logarithms."""
_SHUT, _OPEN = 0.008, 0.02
"""Area over squared length of the outline of an eye or a mouth that is closed, and of one that is not."""
_INSIDE = {"lips_inner": (0.30, 0.16, 0.16), "left_eye": (1.0, 1.0, 1.0), "right_eye": (1.0, 1.0, 1.0)}
"""What a closed opening is filled with, in tones of its rim: a dark mouth, and the skin of a lid."""
_NOTHING = 1 / 512


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """A photo of a face, and where the face lies in it."""

    pixels: RgbImage
    points: FloatArray
    """(468, 3) pixels: x right, y down, z in the same unit, the smaller the nearer."""


@dataclass(frozen=True, eq=False, slots=True)
class _View:
    """A photo, or its mirror image, as a source of paint."""

    pixels: RgbImage
    places: FloatArray
    """(468, 2) where in the photo each point of the face is."""
    trust: FloatArray
    """(468,) 0..1, how well the photo shows it."""


@dataclass(frozen=True, eq=False, slots=True)
class _Tone:
    """The light of a face about each of its points, as one view has it."""

    log: FloatArray
    """(468, 3) its logarithm."""
    seen: FloatArray
    """(468,) 0..1, how much of it was seen."""


class Painter:
    """Paints faces of one topology. Making one takes half a second; threads may share it."""

    def __init__(self, topology: FaceTopology) -> None:
        self.topology = topology
        self.canvas = canvas(topology.triangles, topology.uv, SIZE)
        self._probes = canvas(topology.triangles, topology.uv, _PROBES).rows(len(topology.uv))
        self._probed = self._probes.sum(axis=0) + 1e-6
        linked = links(topology.triangles, len(topology.uv))
        self._smooth = Smoother(linked).smooth
        self._drawn_in = _drawn_in(linked, topology.regions["oval"])
        self._inside = {name: self._between(topology.regions[name]) for name in _INSIDE}
        self._one_photo = np.concatenate([topology.regions[name] for name in _ONE_PHOTO])

    def paint(self, points: FloatArray, pictures: Sequence[Picture]) -> RgbImage:
        """(1024, 1024, 3) in the topology's texture coordinates.

        `points` (468, 3) are the face in its own frame; the pictures of it, one at least, come in any order.
        """
        everywhere = np.ones(len(points))
        turns = [aligned(points, picture.points * _TO_FACE, everywhere)[0] for picture in pictures]
        views = [self._view(points, picture, turn) for picture, turn in zip(pictures, turns, strict=True)]
        front = int(np.argmax([turn[2, 2] for turn in turns]))
        views += self._mirrored(views)
        gains, tone = self._levelled([self._tone(view) for view in views], front)
        shares = self._shares(views, front)
        unsure = 1.0 - np.sum(shares, axis=0)
        colors = self.canvas.blank()
        self._fill(colors, tone * unsure[:, None])
        for view, gain, share in zip(views, gains, shares, strict=True):
            self._lay(colors, view, gain * share[:, None])
        self._close(colors, views[front].places, tone)
        return self.canvas.picture(colors)

    def _view(self, points: FloatArray, picture: Picture, turn: FloatArray) -> _View:
        facing = np.clip(_normals(points @ turn.T, self.topology.triangles)[:, 2], 0.0, 1.0)
        places = picture.points[:, :2]
        height, width, _ = picture.pixels.shape
        inside = ((places >= 1.0) & (places <= np.array([width, height]) - 1.0)).all(axis=1)
        clear, outline = _relief(picture.points, self._probes @ picture.points)
        # At the outline a photo shows what is behind the head as soon as a point is a pixel off.
        steady = np.where(outline, _step(facing, _GRAZING, _FACING), 1.0)
        return _View(picture.pixels, self._drawn_in @ places, facing**2 * steady * inside * clear)

    def _mirrored(self, views: Sequence[_View]) -> list[_View]:
        """The photos as a mirror shows them, for what none of them shows."""
        mirror = self.topology.mirror
        unseen = 1.0 - _step(np.max([view.trust for view in views], axis=0), _DOUBTED, _TRUSTED)
        turned = [_View(view.pixels, view.places[mirror], unseen * view.trust[mirror]) for view in views]
        return [view for view in turned if view.trust.max() > _TRUSTED]

    def _tone(self, view: _View) -> _Tone:
        trust = self._probes @ view.trust
        light = _light_about(view.pixels, self._probes @ view.places)
        seen = self._probes.T @ trust
        mean = (self._probes.T @ (light * trust[:, None])) / (seen[:, None] + 1e-6)
        return _Tone(np.log(mean + _DARKEST), seen / self._probed)

    def _levelled(self, tones: Sequence[_Tone], front: int) -> tuple[list[FloatArray], FloatArray]:
        """What each view's encoded numbers are multiplied with (468, 3), and the tone of them all (468, 3), 0..255."""
        exposures = [_exposure(tones[front], tone) for tone in tones]
        logs = np.stack([tone.log + exposure for tone, exposure in zip(tones, exposures, strict=True)])
        seen = np.stack([tone.seen for tone in tones])
        mean = (seen[..., None] * logs).sum(axis=0) / (seen.sum(axis=0)[:, None] + 1e-6)
        gains = []
        for log, exposure, tone in zip(logs, exposures, tones, strict=True):
            local = np.clip(self._smooth(mean - log, tone.seen, _STIFF), -_MOST_LIT, _MOST_LIT)
            gains.append(np.exp((exposure + local) / _GAMMA))
        return gains, 255.0 * np.exp(self._smooth(mean, seen.sum(axis=0), _SOFT) / _GAMMA)

    def _shares(self, views: Sequence[_View], front: int) -> FloatArray:
        """(v, 468) what each view gives to the picture: 1 in sum where one of them can be trusted, less elsewhere."""
        trust = np.stack([view.trust for view in views])
        sure = _step(trust.max(axis=0), _DOUBTED, _TRUSTED)
        trust[front, self._one_photo] += _step(trust[front, self._one_photo], _DOUBTED, _TRUSTED)
        shares = np.clip(trust - trust.max(axis=0) + _BAND, 0.0, trust)
        share: FloatArray = shares * (sure / (shares.sum(axis=0) + 1e-6))
        return share

    def _fill(self, colors: FloatArray, filling: FloatArray) -> None:
        """Add a smooth colour (468, 3)."""
        for part in self.canvas.parts(self._touched(filling)):
            for color, addition in zip(colors, part.spread(filling), strict=True):
                color[part.pixels] += addition

    def _lay(self, colors: FloatArray, view: _View, strength: FloatArray) -> None:
        """Add a photo, times its strength (468, 3)."""
        samples = Samples(view.pixels, view.places)
        field = np.concatenate([samples.steps(view.places), strength / sampling.SCALE], axis=1)
        for part in self.canvas.parts(self._touched(strength)):
            x, y, *factors = part.spread(field)
            found = sampling.channels(samples.at(x, y))
            for color, factor, light in zip(colors, factors, found, strict=True):
                factor *= light
                color[part.pixels] += factor

    def _close(self, colors: FloatArray, places: FloatArray, tone: FloatArray) -> None:
        """Fill the openings that are shut in the photo from the front: all that it shows there is a line, drawn out."""
        for name, shade in _INSIDE.items():
            rim = self.topology.regions[name]
            shut = 1.0 - _step(_roundness(places[rim]), _SHUT, _OPEN)
            filling = tone[rim].mean(axis=0) * shade
            inside = self._inside[name]
            colors[:, inside] += (filling[:, None] - colors[:, inside]) * shut

    def _between(self, rim: IntArray) -> IntArray:
        """Which pixels lie inside an opening with this rim."""
        inside: BoolArray = np.logical_and.reduce(np.isin(self.topology.triangles, rim), axis=1)
        return self.canvas.on(inside)

    def _touched(self, values: FloatArray) -> BoolArray:
        """(898,) the triangles on which the values (468, 3) are more than nothing."""
        touched: BoolArray = (values.max(axis=1) > _NOTHING)[self.topology.triangles].any(axis=1)
        return touched


def _relief(points: FloatArray, surface: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Of a face's points in a photo (p, 3): which have nothing of its surface (n, 3) before them, which are at its outline."""
    low, width = surface.min(axis=0), float(np.ptp(surface[:, :2], axis=0).max()) + 1e-6
    side = _CELLS + 2 * _MARGIN

    def cell(places: FloatArray) -> tuple[IntArray, IntArray]:
        column, row = np.clip((places - low)[:, :2] / width * _CELLS + _MARGIN, 0, side - 1).astype(int).T
        return row, column

    nearest = np.full((side, side), np.inf)
    np.minimum.at(nearest, cell(surface), surface[:, 2])
    clear: BoolArray = points[:, 2] < nearest[cell(points)] + _HIDDEN * width
    covered = ndimage.binary_closing(np.isfinite(nearest), _AROUND)
    within: BoolArray = ndimage.binary_erosion(covered, _AROUND)
    return clear, ~within[cell(points)]


def _light_about(pixels: RgbImage, places: FloatArray) -> FloatArray:
    """(n, 3) mean light of the nine pixels about each place (n, 2)."""
    height, width, _ = pixels.shape
    column, row = np.clip(places.astype(int), 1, [width - 2, height - 2]).T
    steps = np.array([down * width + right for down in (-1, 0, 1) for right in (-1, 0, 1)])
    near = pixels.reshape(-1, 3).take(steps[:, None] + (row * width + column), axis=0, mode="clip")
    light: FloatArray = _LIGHT.take(near, mode="clip").mean(axis=0)
    return light


def _exposure(front: _Tone, tone: _Tone) -> FloatArray:
    """(3,) logarithm of the light that a photo lacks against the one from the front, where both show the face."""
    both = np.sqrt(front.seen * tone.seen)
    lack = (both[:, None] * (front.log - tone.log)).sum(axis=0) / (both.sum() + 1e-3)
    exposure: FloatArray = np.clip(lack, -_MOST_EXPOSED, _MOST_EXPOSED)
    return exposure


def _normals(points: FloatArray, triangles: IntArray) -> FloatArray:
    """(468, 3) unit normals, weighted by area."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    across = np.cross(b - a, c - a)
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], across)
    unit: FloatArray = normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)
    return unit


def _drawn_in(linked: sparse.csr_array, border: IntArray) -> sparse.csr_array:
    """(p, p): drawn_in @ places moves those of the border a little towards their neighbours inside."""
    count = linked.shape[0]
    at_border = np.isin(np.arange(count), border).astype(float)
    inwards = sparse.diags_array(at_border) @ linked @ sparse.diags_array(1.0 - at_border)
    share = _DRAWN_IN / np.maximum(inwards.sum(axis=1), 1.0)
    moved = sparse.diags_array(share) @ inwards
    return sparse.csr_array(sparse.diags_array(1.0 - moved.sum(axis=1)) + moved)


def _roundness(outline: FloatArray) -> float:
    """Area of a closed outline (n, 2) over the square of its length: 0.08 for a circle, 0 for a line."""
    after = np.roll(outline, -1, axis=0)
    area = abs(float((outline[:, 0] * after[:, 1] - outline[:, 1] * after[:, 0]).sum())) / 2.0
    return area / (float(np.linalg.norm(after - outline, axis=1).sum()) ** 2 + 1e-6)


def _step(x: FloatArray | float, start: float, end: float) -> FloatArray:
    """Smooth 0..1 from `start` to `end`."""
    t: FloatArray = np.clip((np.asarray(x) - start) / (end - start), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
