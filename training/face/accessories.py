"""Glasses, hats and earrings as small meshes that fit a head."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from bodymodel.arrays import FloatArray, IntArray
from bodymodel.template import Template
from services.mesher.domain import surface
from services.mesher.domain.finish import linear_rgb
from training.face.heads import eyeballs
from training.face.scene import Surface

_AROUND = 48
_TUBE = 8


class Frame(enum.Enum):
    """The outline of a pair of glasses: width and height of a lens in metres, how square it is."""

    ROUND = (0.045, 0.045, 2.0)
    OVAL = (0.051, 0.036, 2.2)
    SQUARE = (0.052, 0.044, 5.0)
    NARROW = (0.053, 0.030, 4.0)
    LARGE = (0.058, 0.052, 3.0)


class Hat(enum.Enum):
    """What is worn on the head."""

    CAP = "cap"
    BEANIE = "beanie"
    BRIM = "brim"


class Earring(enum.Enum):
    """What hangs at both ears."""

    STUD = "stud"
    HOOP = "hoop"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Glasses:
    """A pair of glasses."""

    frame: Frame
    color: str = "#1c1a19"
    thickness: float = 0.0022
    """Radius of the rim, metres; from 0.5 mm of wire to 3 mm of horn."""
    tint: float = 0.0
    """Share of the light that the lenses stop: 0 for clear ones, which only glint."""


@dataclass(frozen=True, slots=True)
class Worn:
    """What a head wears."""

    glasses: Glasses | None = None
    hat: Hat | None = None
    hat_color: str = "#37474f"
    earring: Earring | None = None
    earring_color: str = "#c9a44a"
    earring_size: float = 1.0


@dataclass(frozen=True, slots=True)
class Anchors:
    """Where things are worn, as template vertices found on the mean head."""

    scalp: IntArray
    """Vertices of the skull above the eyes."""
    lobes: IntArray
    """(2,) lowest vertex of the right and the left ear."""
    ears: IntArray
    """(2,) where the temple of a pair of glasses lies, right and left."""
    bridge: int
    """Vertex of the nose's ridge between the eyes."""

    @classmethod
    def of(cls, template: Template, mean: FloatArray) -> Anchors:
        """Find them by place; units of half the eyes' distance, as in `heads.BUMPS`."""
        (right, left), _ = eyeballs(template, mean)
        middle, unit = (right + left) / 2.0, float(left[0] - right[0]) / 2.0
        head = template.dominant_bones()[: template.body_vertices] == template.bones.index("Head")
        place = (mean[: template.body_vertices] - middle) / unit
        away = np.abs(place[:, 0])
        lobes, tops = [], []
        for side in (-1.0, 1.0):
            outermost = place[np.argmax(np.where(head, side * place[:, 0], -np.inf))]
            near = np.linalg.norm((place - outermost)[:, 1:], axis=1) < 1.4
            mine = np.flatnonzero(head & near & (side * place[:, 0] > side * outermost[0] - 0.55))
            lobes.append(mine[place[mine, 1].argmin()])
            tops.append(mine[place[mine, 1].argmax()])
        ridge = np.flatnonzero(head & (away < 0.05) & (np.abs(place[:, 1]) < 0.25))
        return cls(
            scalp=np.flatnonzero(head & (place[:, 1] > 1.0) & (away < 2.6)),
            lobes=np.array(lobes),
            ears=np.array(tops),
            bridge=int(ridge[place[ridge, 2].argmax()]),
        )


def surfaces(
    worn: Worn, anchors: Anchors, template: Template, vertices: FloatArray, room: float
) -> list[Surface]:
    """All that a head wears; hats leave `room` metres for the hair under them."""
    made: list[Surface] = []
    if worn.glasses is not None:
        made += _glasses(worn.glasses, anchors, template, vertices)
    if worn.hat is not None:
        made += _hat(worn.hat, worn.hat_color, vertices[anchors.scalp], room)
    if worn.earring is not None:
        made += _earrings(worn, anchors, vertices)
    return made


def _glasses(glasses: Glasses, anchors: Anchors, template: Template, vertices: FloatArray) -> list[Surface]:
    (right, left), radii = eyeballs(template, vertices)
    width, height, square = glasses.frame.value
    front = max(vertices[anchors.bridge, 2] + 0.002, right[2] + radii[0] + 0.013)
    turn = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
    x = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** (2.0 / square) * width / 2.0
    y = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** (2.0 / square) * height / 2.0
    rim, made = linear_rgb(glasses.color), []
    for eye, ear, side in ((right, anchors.ears[0], -1.0), (left, anchors.ears[1], 1.0)):
        middle = np.array([eye[0] + side * 0.002, eye[1] - 0.003, front])
        # A frame bends around the face: its outer side lies farther back.
        outline = middle + np.column_stack([x, y, -0.12 * (side * x + width / 2.0)])
        made.append(_tube("glasses", outline, glasses.thickness, rim, closed=True))
        hinge = outline[np.argmax(side * outline[:, 0] + 0.2 * outline[:, 1])]
        behind = vertices[ear] + np.array([side * 0.001, -0.010, -0.004])
        elbow = np.array([hinge[0] + side * 0.004, hinge[1], hinge[2] - 0.006])
        made.append(_tube("glasses", np.stack([hinge, elbow, behind]), glasses.thickness, rim))
        made.append(_lens(outline, middle, glasses.tint))
    inner = np.array([right[0] + 0.002 + width / 2.0 - 0.002, right[1] + 0.004, front])
    arch = np.array([[0.0, 0.0, 0.0], [0.3, 0.002, 0.002], [0.7, 0.002, 0.002], [1.0, 0.0, 0.0]])
    span = (left[0] - right[0]) - 2.0 * (inner[0] - right[0])
    made.append(_tube("glasses", inner + arch * [span, 1.0, 1.0], glasses.thickness, rim))
    return made


def _lens(outline: FloatArray, middle: FloatArray, tint: float) -> Surface:
    points = np.concatenate([outline, outline.mean(axis=0, keepdims=True)])
    here = np.arange(_AROUND)
    triangles = np.stack([here, (here + 1) % _AROUND, np.full(_AROUND, _AROUND)], axis=1)
    normals = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    normals[:, :2] += 4.0 * (points - middle)[:, :2]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Surface(
        "lens", points, triangles, normals, (0.02, 0.02, 0.025), gloss=0.5, opacity=0.04 + 0.94 * tint
    )


def _hat(hat: Hat, code: str, scalp: FloatArray, room: float) -> list[Surface]:
    low, high = scalp.min(axis=0), scalp.max(axis=0)
    half = (high - low) / 2.0 * [1.06, 1.0, 1.04] + room
    # Over the brows, tilted back to the nape.
    base = np.array([0.0, low[1] + 0.016, (low[2] + high[2]) / 2.0])
    top = high[1] - base[1] + room + (0.035 if hat is Hat.BEANIE else 0.018)
    light, tilt = linear_rgb(code), -0.10
    flat = 6.0 if hat is Hat.BRIM else 2.4
    crown = _dome(base, half, top, tilt, flat)
    made = [Surface("hat", *crown, light)]
    if hat is Hat.BEANIE:
        turn = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
        cuff = base + np.column_stack(
            [half[0] * np.cos(turn), 0.010 - tilt * half[2] * np.sin(turn) * -1.0, half[2] * np.sin(turn)]
        )
        made.append(_tube("hat", cuff, 0.009, light, closed=True))
        return made
    reach = 0.075 if hat is Hat.CAP else 0.06
    made.append(Surface("hat", *_visor(base, half, tilt, reach, around=hat is Hat.BRIM), light))
    return made


def _dome(
    base: FloatArray, half: FloatArray, top: float, tilt: float, flat: float
) -> tuple[FloatArray, IntArray, FloatArray]:
    rise, turn = np.linspace(0.0, np.pi / 2.0, 14), np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
    out, up = np.cos(rise) ** (2.0 / flat), np.sin(rise) ** (2.0 / 2.2)
    x = half[0] * out[:, None] * np.cos(turn)
    z = half[2] * out[:, None] * np.sin(turn)
    y = top * up[:, None] + tilt * -z * 1.0
    return _grid(base + np.stack([x, y, z], axis=-1))


def _visor(
    base: FloatArray, half: FloatArray, tilt: float, reach: float, *, around: bool
) -> tuple[FloatArray, IntArray, FloatArray]:
    turn = (
        np.linspace(0.0, 2.0 * np.pi, _AROUND) if around else np.linspace(0.15 * np.pi, 0.85 * np.pi, _AROUND)
    )
    width = np.ones(_AROUND) if around else np.sin((turn - 0.15 * np.pi) / 0.7) ** 0.5
    out = np.linspace(0.0, 1.0, 6)[:, None]
    x = (half[0] + reach * out * width) * np.cos(turn)
    z = (half[2] + reach * out * width) * np.sin(turn)
    y = 0.002 - tilt * z - (0.10 if around else 0.22) * reach * out
    points = base + np.stack([x, np.broadcast_to(y, x.shape), z], axis=-1)
    return _grid(points, wrap=False)


def _earrings(worn: Worn, anchors: Anchors, vertices: FloatArray) -> list[Surface]:
    light, size, made = linear_rgb(worn.earring_color), worn.earring_size, []
    for lobe, side in zip(vertices[anchors.lobes], (-1.0, 1.0), strict=True):
        hole = lobe + np.array([side * 0.002, 0.004, 0.002])
        if worn.earring is Earring.STUD:
            made.append(_ball(hole + np.array([side * 0.001, 0.0, 0.001]), 0.0032 * size, light))
            continue
        if worn.earring is Earring.DROP:
            made.append(
                _tube("earring", hole - np.array([[0.0, 0.0, 0.0], [0.0, 0.016 * size, 0.0]]), 0.0006, light)
            )
            made.append(_ball(hole - [0.0, 0.021 * size, 0.0], 0.0052 * size, light))
            continue
        turn, radius = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False), 0.014 * size
        ring = np.column_stack([0.35 * np.cos(turn), np.sin(turn) - 1.0, np.cos(turn)]) * radius
        made.append(_tube("earring", hole + ring, 0.0012, light, closed=True))
    return made


def _ball(middle: FloatArray, radius: float, light: tuple[float, float, float]) -> Surface:
    rise, turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, 9), np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    unit = np.stack(
        [
            np.cos(rise)[:, None] * np.cos(turn),
            np.broadcast_to(np.sin(rise)[:, None], (9, 16)),
            np.cos(rise)[:, None] * np.sin(turn),
        ],
        axis=-1,
    )
    points, triangles, normals = _grid(middle + radius * unit)
    return Surface("earring", points, triangles, normals, light, gloss=0.6)


def _tube(
    name: str, line: FloatArray, radius: float, light: tuple[float, float, float], *, closed: bool = False
) -> Surface:
    """A round tube along a polyline (n, 3)."""
    ahead: FloatArray = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    if not closed:
        ahead[0], ahead[-1] = line[1] - line[0], line[-1] - line[-2]
    ahead = surface.unit(ahead)
    aside: FloatArray = np.cross(
        ahead, np.where(np.abs(ahead[:, 1:2]) > 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    )
    if closed:
        # Planar rings: one direction across all the way keeps the tube from twisting.
        aside = np.tile(
            np.cross(line[0] - line.mean(axis=0), line[_AROUND // 4] - line.mean(axis=0)), (len(line), 1)
        )
    aside = surface.unit(aside)
    across = np.cross(ahead, aside)
    turn = np.linspace(0.0, 2.0 * np.pi, _TUBE, endpoint=False)[:, None]
    rings = line[:, None] + radius * (np.cos(turn) * aside[:, None] + np.sin(turn) * across[:, None])
    if closed:
        rings = np.concatenate([rings, rings[:1]])
    points, triangles, normals = _grid(rings)
    return Surface(name, points, triangles, normals, light, gloss=0.4)


def _grid(points: FloatArray, *, wrap: bool = True) -> tuple[FloatArray, IntArray, FloatArray]:
    """A grid (r, c, 3) as a mesh, its columns joined at the ends where it wraps: vertices, triangles, normals."""
    rows, columns, _ = points.shape
    number = np.arange(rows * columns).reshape(rows, columns)
    beside = np.roll(number, -1, axis=1)
    if not wrap:
        number, beside = number[:, :-1], beside[:, :-1]
    a, b, c, d = number[:-1], beside[:-1], number[1:], beside[1:]
    triangles = np.concatenate(
        [np.stack([a, c, b], axis=-1).reshape(-1, 3), np.stack([b, c, d], axis=-1).reshape(-1, 3)]
    )
    flat = points.reshape(-1, 3)
    normals = surface.vertex_normals(flat, triangles, surface.incidence(triangles, len(flat)))
    return flat, triangles, normals
