"""From a posed avatar to the stage that a picture is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.spatial.transform import Rotation

from bodypose.skeleton import Support
from facemodel import color
from services.mesher.domain import fringe, hair, seat, strokes, surface, views
from services.mesher.domain.model import Part, Scene
from services.mesher.domain.stage import Backdrop, Prop, Rgb, Stage, Style, Substance, View
from services.mesher.domain.strokes import Brush
from services.mesher.domain.stylised import Face
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.views import Camera

_SUBSTANCES = {
    "body": Substance.SKIN,
    "eyes": Substance.EYE,
    "lashes": Substance.LASH,
    fringe.LASHES: Substance.LASH,
    fringe.BROWS: Substance.LASH,
    "teeth": Substance.TOOTH,
    "tongue": Substance.TONGUE,
    "hair": Substance.HAIR,
}
_BRUSHES = {
    Style.CARTOON: Brush(brow=0.11, drop=0.04, upper=0.11, lower=0.02, wing=0.12),
    Style.ANIME: Brush(brow=0.085, drop=0.15, upper=0.15, lower=0.025, wing=0.26),
}
"""What drawn styles paint lashes and brows with."""
_HEAD, _EYES = "Head", "eyes"
_MOST_TURN, _TOO_FAR = 20.0, 40.0
"""Degrees that eyes turn towards the camera, and from which on they look ahead."""


def staged(
    scene: Scene,
    camera: Camera,
    style: Style,
    size: int,
    backdrop: Backdrop,
    support: Support = Support.FEET,
    risen: float = 1.0,
) -> Stage:
    """The avatar before a camera, on a stool where a seat carries it, which has so much of its height."""
    view = _view(scene, camera)
    props = [_prop(part, view) for part in scene.parts]
    if style in _BRUSHES:
        face, brush = _face(scene), _BRUSHES[style]
        props = face.drawn([_calm(prop) for prop in props], style)
        props = [
            strokes.drawn(part.name, prop, face, brush) for part, prop in zip(scene.parts, props, strict=True)
        ]
    if support is Support.SEAT:
        props.append(seat.under(scene, risen))
    return Stage(props, view, style, size, backdrop)


def _view(scene: Scene, camera: Camera) -> View:
    azimuth = views.AZIMUTHS[camera]
    if camera is Camera.PORTRAIT:
        return views.portrait(_head(scene), views.facing(azimuth, _face(scene).axes[2]))
    points = np.concatenate([part.positions for part in scene.parts]).astype(np.float64)
    return views.whole(points, azimuth)


def _head(scene: Scene) -> FloatArray:
    """(n, 3) points of skin that hang on the head's bone alone."""
    body = next(part for part in scene.parts if part.name == "body")
    bone = scene.rig.bones.index(_HEAD)
    share = np.where(body.joints == bone, body.weights, 0).sum(axis=1)
    points: FloatArray = body.positions[share > 200].astype(np.float64)
    return points


def _prop(part: Part, view: View) -> Prop:
    prop = Prop(
        substance=_SUBSTANCES.get(part.name, Substance.CLOTH),
        positions=part.positions,
        normals=part.normals,
        triangles=part.triangles,
        color=part.material.color,
        uv=part.uv,
        colors=part.colors,
        texture=part.material.texture,
    )
    if prop.substance is Substance.HAIR:
        return _combed(prop)
    if prop.substance is Substance.SKIN:
        return replace(prop, tone=_tone(prop))
    if prop.substance is Substance.EYE:
        return _looking(prop, view)
    return prop


def _tone(skin: Prop) -> Rgb:
    """The middling colour of skin, which a person's own picture holds in place of the material."""
    if skin.texture is None or skin.texture.for_everybody:
        return skin.color
    red, green, blue = np.median(color.light(skin.texture.pixels[::16, ::16]).reshape(-1, 3), axis=0).tolist()
    return red, green, blue


def _combed(hairdo: Prop) -> Prop:
    """Hair with its strands smooth, and the way that they run."""
    points = hair.eased(hairdo.positions)
    strands = hair.strands(points)
    normals = surface.vertex_normals(
        points, hairdo.triangles, surface.incidence(hairdo.triangles, len(points))
    )
    return replace(
        hairdo,
        positions=points,
        normals=normals.astype(np.float32),
        grain=strands.grain,
        strand=strands.around,
    )


def _calm(prop: Prop) -> Prop:
    """Hair that is drawn in locks, and not strand by strand."""
    if prop.substance is not Substance.HAIR or prop.grain is None:
        return prop
    grain = np.concatenate([hair.calm(prop.grain[:, :3]), prop.grain[:, 3:]], axis=1)
    return replace(prop, normals=hair.calm(prop.normals), grain=grain)


def _face(scene: Scene) -> Face:
    """Where the face is, told by eyes that look ahead."""
    eyes = next(part for part in scene.parts if part.name == _EYES)
    balls = _balls(eyes)
    ahead = np.sum([ball.ahead for ball in balls], axis=0)
    return Face.of(balls[0].middle, balls[1].middle, ahead, balls[0].up)


@dataclass(frozen=True, eq=False, slots=True)
class _Ball:
    """An eyeball."""

    vertices: IntArray
    """(n,)."""
    middle: FloatArray
    """(3,) metres."""
    ahead: FloatArray
    """(3,) where it looks."""
    up: FloatArray
    """(3,) which way its picture stands."""


def _balls(eyes: Part | Prop) -> list[_Ball]:
    """Each eyeball: the two pieces that hang together, wherever the head has them."""
    count = len(eyes.positions)
    pairs = (eyes.triangles.ravel(), np.roll(eyes.triangles, 1, axis=1).ravel())
    links = sparse.coo_array((np.ones(eyes.triangles.size), pairs), shape=(count, count))
    pieces, piece = sparse.csgraph.connected_components(links, directed=False)
    uv = np.zeros((count, 2)) if eyes.uv is None else eyes.uv.astype(np.float64)
    return [
        _ball(np.flatnonzero(piece == number), eyes.positions.astype(np.float64), uv)
        for number in range(pieces)
    ]


def _ball(vertices: IntArray, positions: FloatArray, uv: FloatArray) -> _Ball:
    points, picture = positions[vertices], uv[vertices]
    # It looks square to the two directions that its picture runs in.
    rightwards, downwards = np.linalg.lstsq(picture - 0.5, points - points.mean(axis=0), rcond=None)[0]
    middle = (points.min(axis=0) + points.max(axis=0)) / 2.0
    ahead = np.cross(downwards, rightwards)
    return _Ball(vertices, middle, ahead / np.linalg.norm(ahead), -downwards / np.linalg.norm(downwards))


def _looking(eyes: Prop, view: View) -> Prop:
    """Eyes turned to the camera, as far as eyes turn and lids allow; ahead where it stands farther to the side."""
    positions, normals = eyes.positions.copy(), eyes.normals.copy()
    gaze = np.zeros((len(positions), 4), np.float32)
    for ball in _balls(eyes):
        own = ball.vertices
        turn = _turn(ball.ahead, np.array(view.eye) - ball.middle)
        positions[own] = (positions[own].astype(np.float64) - ball.middle) @ turn.T + ball.middle
        normals[own] = normals[own] @ turn.T
        gaze[own, :3] = turn @ ball.ahead
    return replace(eyes, positions=positions, normals=normals, grain=gaze)


def _turn(ahead: FloatArray, wanted: FloatArray) -> FloatArray:
    """(3, 3) rotation from one direction towards another, by no more than eyes turn."""
    wanted = wanted / np.linalg.norm(wanted)
    axis = np.cross(ahead, wanted)
    sine, cosine = float(np.linalg.norm(axis)), float(ahead @ wanted)
    angle = np.degrees(np.arctan2(sine, cosine))
    if sine < 1e-6 or angle > _TOO_FAR:
        return np.eye(3)
    turn: FloatArray = Rotation.from_rotvec(axis / sine * np.radians(min(angle, _MOST_TURN))).as_matrix()
    return turn
