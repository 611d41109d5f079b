"""What photos say together: judged, fused and described, on arrays alone. All of it holds a thread for a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from atelier.common.v1 import face_pb2
from facemodel import quality, slots
from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.features import light
from facemodel.features import model as told
from facemodel.features.around import surroundings
from facemodel.features.describe import describe
from facemodel.features.network import RawTraits
from facemodel.fusion import fuse
from facemodel.judge import judge, judge_alone
from facemodel.landmarks import MESH_POINTS, FaceMesh
from facemodel.topology import FaceTopology
from facemodel.view import View
from photos.encode import jpeg, shrunk
from photos.limits import SMALLEST_SIDE
from photos.model import PhotoFormat
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import (
    FaceOrder,
    Features,
    MeasuredColor,
    Photo,
    PhotoFault,
    ReadFace,
    SeenPhoto,
    Slot,
    Trait,
)

PICTURE_SIDE = 768
"""Longest side of a small picture."""
_HEAD = 2.0
"""Side of the square around a head, in extents of its face."""
_LIMITS = ("least", "most", "greatest")
"""Names of the values of a fault that are bounds."""


@dataclass(frozen=True, eq=False)
class Sight:
    """A photo that was looked at."""

    photo: Photo
    image: RgbImage
    faces: Sequence[FaceMesh]
    """In pixels of the image, largest first."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A photo that can be used, and the side that it does show, whichever it was said to."""

    slot: Slot
    view: View
    image: RgbImage


class FaceSense:
    """Understands faces of the topology's points."""

    def __init__(self, topology: FaceTopology, model_version: str) -> None:
        self._topology = topology
        self._model_version = model_version

    @property
    def mirror(self) -> IntArray:
        """(468,) the point on the other side of each."""
        return self._topology.mirror

    def judged(self, sights: Sequence[Sight]) -> list[Judged]:
        """The photos by the sides that they show: in whichever order they came, the same photos are the same face. One
        that is alone shows the front.

        Raise InvalidPhotos with all that is wrong with any of them.
        """
        if len(sights) == 1:
            return [self._alone(*sights)]
        by_slot = {slots.Slot(sight.photo.slot): sight for sight in sights}
        verdict = judge(
            {slot: sight.image for slot, sight in by_slot.items()},
            {slot: sight.faces for slot, sight in by_slot.items()},
            self._topology,
        )
        if verdict.faults:
            raise InvalidPhotos(
                [
                    _fault(sight.photo, fault)
                    for slot, sight in by_slot.items()
                    for fault in verdict.faults.get(slot, ())
                ]
            )
        sent = {shown: slot for slot, shown in verdict.slots.items()}
        return [
            Judged(Slot(shown), verdict.views[sent[shown]], by_slot[sent[shown]].image)
            for shown in slots.Slot
        ]

    def _alone(self, sight: Sight) -> Judged:
        found = judge_alone(sight.image, sight.faces, self._topology)
        if not isinstance(found, View):
            raise InvalidPhotos([_fault(sight.photo, fault) for fault in found])
        return Judged(Slot.FRONT, found, sight.image)

    def face(self, photos: Sequence[Judged], traits: RawTraits, order: FaceOrder) -> ReadFace:
        """The face that they show; the networks' time is not known here."""
        views, images = [photo.view for photo in photos], [photo.image for photo in photos]
        face = fuse(views, self._topology, order.pupil_distance_mm)
        features = describe(views, images, face, traits)
        front = next(photo for photo in photos if photo.slot is Slot.FRONT)
        around = surroundings(front.view, front.image, light.of(front.view, front.image, hidden=False))
        return ReadFace(
            seen=tuple(map(seen_photo, photos)),
            geometry=face_pb2.FaceGeometry(points=_bytes(face.points)).SerializeToString(deterministic=True),
            scale_source=face.scale_source,
            features=_features(features),
            model_version=self._model_version,
            inference_ms=0,
            # A hat lies where the hair would be seen.
            hair=None if features.accessories["hat"].present else _color(around.hair),
            clothes=_color(around.clothes),
        )


def seen_photo(photo: Judged) -> SeenPhoto:
    """The small picture of a head, encoded anew, with the face's points in it."""
    mesh = photo.view.mesh
    (left, top), (right, bottom) = _head(mesh, photo.image)
    cut = photo.image[top:bottom, left:right]
    picture = shrunk(cut, PICTURE_SIDE)
    scale = picture.shape[1] / cut.shape[1]
    points = (mesh.points[:MESH_POINTS] - (left, top, 0.0)) * scale
    return SeenPhoto(photo.slot, jpeg(picture), PhotoFormat.JPEG.media_type, _bytes(points))


def _head(mesh: FaceMesh, image: RgbImage) -> tuple[tuple[int, int], tuple[int, int]]:
    """Upper left and lower right corner of a square around a head, as far as the photo goes.

    It is no smaller than what counts as a photo: the mesher decodes it as one.
    """
    low, high = mesh.bounds
    sides = np.array(_size(image))
    side = np.minimum(sides, max(SMALLEST_SIDE, round(_HEAD * mesh.extent)))
    corner = np.clip(np.round((low + high) / 2 - side / 2).astype(int), 0, sides - side)
    (left, top), (right, bottom) = corner.tolist(), (corner + side).tolist()
    return (left, top), (right, bottom)


def _size(image: RgbImage) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


def _bytes(points: FloatArray) -> bytes:
    return points.astype("<f4").tobytes()


def _fault(photo: Photo, fault: quality.Fault) -> PhotoFault:
    bounds = [f"{fault.values[name]:g}" for name in _LIMITS if name in fault.values]
    return PhotoFault(photo.slot, photo.filename, fault.code, fault.message, "..".join(bounds) or None)


def _features(features: told.Features) -> Features:
    skin, eyes, shape = features.skin, features.eyes, features.shape
    return Features(
        expressions=_traits(features.expressions),
        accessories=_traits(features.accessories),
        face_shape=shape.name or "",
        face_shape_reason=str(shape.reason or ""),
        face_shape_scores={name: float(score) for name, score in shape.scores.items()},
        skin=_color(skin.color),
        monk_tone=skin.monk or 0,
        skin_reason=str(skin.reason or ""),
        eyes=_color(eyes.color),
    )


def _traits(traits: Mapping[str, told.Trait]) -> Mapping[str, Trait]:
    """Plain numbers and words: records are JSON, which knows none of NumPy's."""
    return {
        name: Trait(
            present=None if trait.present is None else bool(trait.present),
            score=float(trait.score),
            reason=str(trait.reason or ""),
        )
        for name, trait in traits.items()
    }


def _color(color: told.MeasuredColor | None) -> MeasuredColor | None:
    if color is None:
        return None
    red, green, blue = map(int, color.rgb)
    return MeasuredColor(red, green, blue, float(color.confidence))
