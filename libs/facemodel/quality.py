"""What is wrong with one photo of a face, and what to do about it.

Every limit stands here with what it was measured on: eight faces of six photos (as they are, blurred, darkened and
brightened), and rendered heads of all skin tones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from facemodel.arrays import FloatArray, RgbImage
from facemodel.landmarks import MESH_POINTS, FaceMesh, around_mesh
from facemodel.slots import YAWS_DEG, Slot, misfit_deg
from facemodel.view import View
from photos.crop import Grid

LEAST_EXTENT = 90
"""Pixels from brow to chin. The networks see 150. Photos made smaller: at 150 points move by 0.5 % of the eyes' distance,
at 96 by 1.0 %, at 64 by 1.7 %."""
LEAST_PRESENCE = 0.9
"""Probability. Renders up to 60 degrees have 0.98 and more; those at 70 and 80 that are found at all 0.6 to 0.8, mostly, and
their points are not to be trusted."""
_ANOTHER_FACE = 0.5
"""Of the largest face's extent: smaller ones are passers-by."""
_MOST_CUT_OFF = 0.05
"""Of the points: hair over the brow, or the far side of a turned face, may touch the photo's edge."""
_MOST_BEYOND = 0.03
"""Of the face's extent, by which its forehead or chin may lie beyond the photo's edge. Whole faces that were cropped: points
are still found there, and within 0.02 of where they were; with a twentieth of the face cut away they are beyond by 0.03."""
_FOREHEAD, _CHIN = 10, 152
_STEEPEST_DEG = 30.0
"""Of pitch. Selfies are taken from up to 20 degrees above."""

LEAST_SHARPNESS = 0.012
"""Variance of the Laplacian as a share of the picture's own, at `SQUARE` pixels. As they are: 0.07 to 0.66, renders 0.15 to
1.2; blurred by 1 % of the face's height 0.024 to 0.15, by 2 % 0.006 to 0.03, by 3 % less than 0.01."""
SQUARE = 112
"""Pixels a side of the picture that is judged."""
_FLAT = 20.0
"""Variance that counts as noise, of 255 squared: a face in the dark is not blurred for that."""
_INNER = 0.18
"""Left off on each side of the square around a face: hair and background."""

LEAST_LIGHT = 30.0
"""Of 255, what a twentieth of the face exceeds: 16 to 19 at a tenth of the light, 34 to 39 at a fifth. The darkest skin in
usual light has 170."""
_BLOWN, MOST_BLOWN = 250.0, 0.35
"""Share of the face that is white: up to 0.09 as they are, 0.12 at 1.5 times the light, 0.39 to 0.72 at 2.5 times."""

_GREY = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a photo cannot be used."""

    code: str
    """For machines."""
    message: str
    """What is wrong and what to do."""
    values: Mapping[str, float] = field(default_factory=dict)
    """The numbers in it."""


def of_faces(faces: Sequence[FaceMesh], slot: Slot) -> list[Fault]:
    """What is wrong with the number of faces in a photo, largest first. Smaller ones in the background are fine."""
    if not faces:
        how = (
            "the whole face in it"
            if slot is Slot.FRONT
            else "the head turned by 30 to 45 degrees, both eyes in it"
        )
        return [Fault("face_not_found", f"No face was found. Take the photo in good light, {how}.")]
    clear = [face for face in faces if face.presence >= LEAST_PRESENCE]
    near = sum(face.extent >= _ANOTHER_FACE * faces[0].extent for face in clear)
    if near > 1:
        return [
            Fault("several_faces", f"{near} faces were found. Only one person may be near.", {"faces": near})
        ]
    return []


def of_view(view: View, square: RgbImage, slot: Slot) -> list[Fault]:
    """What is wrong with the photo of one face that belongs into a slot; `square` is its `square_of`."""
    found = [
        _clear(view),
        _size(view),
        _cut_off(view),
        _turn(view, slot),
        _pitch(view),
        *_picture(square),
    ]
    return [fault for fault in found if fault]


def square_of(mesh: FaceMesh, image: RgbImage) -> RgbImage:
    """The square around a face at a fixed size: what its picture is judged by."""
    return around_mesh(mesh).cut(image, Grid(SQUARE, SQUARE, repeat_edge=True, smooth=True))


def sharpness(square: RgbImage) -> float:
    """How much of the face's contrast is in its finest detail; the same for bright and for dark skin."""
    inner = _brightness(square)
    return float(ndimage.laplace(inner).var() / (inner.var() + _FLAT))


def _brightness(square: RgbImage) -> FloatArray:
    """The middle of the face, 0 to 255."""
    edge = round(_INNER * SQUARE)
    brightness: FloatArray = square[edge:-edge, edge:-edge] @ _GREY
    return brightness


def _clear(view: View) -> Fault | None:
    presence = view.mesh.presence
    if presence >= LEAST_PRESENCE:
        return None
    return Fault(
        "face_unclear",
        "The face is not seen well. Nothing may be before it, and it may be turned by 30 to 45 degrees at most.",
        {"presence": round(presence, 2), "least": LEAST_PRESENCE},
    )


def _size(view: View) -> Fault | None:
    extent = view.mesh.extent
    if extent >= LEAST_EXTENT:
        return None
    return Fault(
        "face_too_small",
        f"The face is {extent:.0f} pixels high. Go nearer: at least {LEAST_EXTENT} are needed.",
        {"pixels": round(extent), "least": LEAST_EXTENT},
    )


def _cut_off(view: View) -> Fault | None:
    flat = view.mesh.points[:MESH_POINTS, :2]
    for place, name in ((_FOREHEAD, "forehead"), (_CHIN, "chin")):
        beyond = float(np.maximum(-flat[place], flat[place] - view.size).max()) / view.mesh.extent
        if beyond > _MOST_BEYOND:
            return Fault(
                "head_cut_off",
                f"The {name} is outside the photo. Take it with the whole head in it.",
                {"beyond": round(beyond, 2), "most": _MOST_BEYOND},
            )
    share = float(((flat < 0.0) | (flat > view.size)).any(axis=1).mean())
    if share <= _MOST_CUT_OFF:
        return None
    return Fault(
        "face_cut_off",
        "Part of the face is outside the photo. Take it with the whole head in it.",
        {"share": round(share, 2), "most": _MOST_CUT_OFF},
    )


def _turn(view: View, slot: Slot) -> Fault | None:
    yaw = view.pose.yaw_deg
    if not misfit_deg(slot, yaw):
        return None
    least, greatest = YAWS_DEG[slot]
    values = {"yaw": round(yaw), "least": least, "greatest": greatest}
    if slot is Slot.FRONT:
        return Fault(
            "face_turned_away",
            f"The face is turned by {abs(yaw):.0f} degrees. Look into the camera: {greatest:.0f} are the most.",
            values,
        )
    least, greatest = sorted(abs(end) for end in YAWS_DEG[slot])
    turned = yaw if slot is Slot.RIGHT else -yaw
    if turned > greatest:
        text = f"The face is turned by {turned:.0f} degrees. Turn it by 30 to 45: both eyes must be seen."
        return Fault("face_turned_too_far", text, values)
    if turned < -least:
        text = "This photo shows the same side as another one. Turn the head the other way."
        return Fault("wrong_side", text, values)
    text = f"The face is turned by {abs(yaw):.0f} degrees only. Turn it by 30 to 45."
    return Fault("face_not_turned", text, values)


def _pitch(view: View) -> Fault | None:
    pitch = view.pose.pitch_deg
    if abs(pitch) <= _STEEPEST_DEG:
        return None
    return Fault(
        "face_tilted",
        f"The face looks {'up' if pitch > 0 else 'down'} by {abs(pitch):.0f} degrees. Hold the camera at its height.",
        {"pitch": round(pitch), "most": _STEEPEST_DEG},
    )


def _picture(square: RgbImage) -> list[Fault]:
    found = []
    inner = _brightness(square)
    light, blown = float(np.percentile(inner, 95)), float((inner >= _BLOWN).mean())
    if light < LEAST_LIGHT:
        found.append(
            Fault(
                "photo_too_dark",
                "The face is too dark. Turn to a window or a lamp.",
                {"light": round(light), "least": LEAST_LIGHT},
            )
        )
    if blown > MOST_BLOWN:
        found.append(
            Fault(
                "photo_too_bright",
                "The face is too bright. Turn away from the light.",
                {"share": round(blown, 2), "most": MOST_BLOWN},
            )
        )
    sharp = sharpness(square)
    if sharp < LEAST_SHARPNESS:
        found.append(
            Fault(
                "photo_blurred",
                "The face is not sharp. Hold the camera still and tap on the face before taking the photo.",
                {"sharpness": round(sharp, 4), "least": LEAST_SHARPNESS},
            )
        )
    return found
