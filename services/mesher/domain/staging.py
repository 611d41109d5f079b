"""From a posed avatar to the stage that a picture is drawn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from bodypose.skeleton import Support
from facemodel import color
from services.mesher.domain import fringe, hair, seat, surface, views
from services.mesher.domain.model import Part, Scene
from services.mesher.domain.stage import Backdrop, Prop, Rgb, Stage, Style, Substance, View
from services.mesher.domain.surface import FloatArray
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
_HEAD = "Head"
_MOST_TURN, _TOO_FAR = 20.0, 40.0
"""Degrees that eyes turn towards the camera, and from which on they look ahead."""


def staged(
    scene: Scene,
    camera: Camera,
    style: Style,
    size: int,
    backdrop: Backdrop,
    support: Support = Support.FEET,
) -> Stage:
    """The avatar before a camera, on a stool where a seat carries it."""
    view = _view(scene, camera)
    props = [_prop(part, view) for part in scene.parts]
    if support is Support.SEAT:
        props.append(seat.under(scene))
    return Stage(props, view, style, size, backdrop)


def _view(scene: Scene, camera: Camera) -> View:
    azimuth = views.AZIMUTHS[camera]
    if camera is Camera.PORTRAIT:
        return views.portrait(_head(scene), azimuth)
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


def _looking(eyes: Prop, view: View) -> Prop:
    """Eyes turned to the camera, as far as eyes turn and lids allow; ahead where it stands farther to the side."""
    positions, normals = eyes.positions.copy(), eyes.normals.copy()
    gaze = np.zeros((len(positions), 4), np.float32)
    uv = np.zeros((len(positions), 2)) if eyes.uv is None else eyes.uv.astype(np.float64)
    left = positions[:, 0] > np.median(positions[:, 0])
    for side in (left, ~left):
        points = positions[side].astype(np.float64)
        middle = (points.min(axis=0) + points.max(axis=0)) / 2.0
        ahead = _ahead(points, uv[side])
        turn = _turn(ahead, np.array(view.eye) - middle)
        positions[side], normals[side] = (points - middle) @ turn.T + middle, normals[side] @ turn.T
        gaze[side, :3] = turn @ ahead
    return replace(eyes, positions=positions, normals=normals, grain=gaze)


def _ahead(points: FloatArray, uv: FloatArray) -> FloatArray:
    """(3,) where an eyeball looks: square to the two directions that its picture runs in."""
    rightwards, downwards = np.linalg.lstsq(uv - 0.5, points - points.mean(axis=0), rcond=None)[0]
    axis: FloatArray = np.cross(downwards, rightwards)
    return axis / np.linalg.norm(axis)


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
