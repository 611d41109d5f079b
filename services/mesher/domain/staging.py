"""From a posed avatar to the stage that a picture is drawn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bodypose.skeleton import Support
from services.mesher.domain import hair, seat, views
from services.mesher.domain.model import Part, Scene
from services.mesher.domain.stage import Backdrop, Prop, Stage, Style, Substance, View
from services.mesher.domain.surface import FloatArray
from services.mesher.domain.views import Camera

_SUBSTANCES = {
    "body": Substance.SKIN,
    "eyes": Substance.EYE,
    "lashes": Substance.LASH,
    "teeth": Substance.TOOTH,
    "tongue": Substance.TONGUE,
    "hair": Substance.HAIR,
}
_HEAD = "Head"


def staged(
    scene: Scene,
    camera: Camera,
    style: Style,
    size: int,
    backdrop: Backdrop,
    support: Support = Support.FEET,
) -> Stage:
    """The avatar before a camera, on a stool where a seat carries it."""
    props = [_prop(part) for part in scene.parts]
    if support is Support.SEAT:
        props.append(seat.under(scene))
    return Stage(props, _view(scene, camera), style, size, backdrop)


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


def _prop(part: Part) -> Prop:
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
        strands = hair.strands(part.positions)
        return replace(prop, grain=strands.grain, strand=strands.around)
    if prop.substance is Substance.EYE:
        return replace(prop, grain=_gaze(part))
    return prop


def _gaze(eyes: Part) -> FloatArray:
    """(n, 4) where each eyeball looks: square to the two directions that its picture runs in."""
    gaze = np.zeros((len(eyes.positions), 4), np.float32)
    uv = np.zeros((len(eyes.positions), 2)) if eyes.uv is None else eyes.uv.astype(np.float64)
    left = eyes.positions[:, 0] > np.median(eyes.positions[:, 0])
    for side in (left, ~left):
        points = eyes.positions[side].astype(np.float64)
        rightwards, downwards = np.linalg.lstsq(uv[side] - 0.5, points - points.mean(axis=0), rcond=None)[0]
        axis = np.cross(downwards, rightwards)
        gaze[side, :3] = axis / np.linalg.norm(axis)
    return gaze
