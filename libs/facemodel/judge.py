"""The verdict on one photo or three: what each shows, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facemodel import identity, quality
from facemodel.arrays import RgbImage
from facemodel.landmarks import FaceMesh
from facemodel.quality import Fault
from facemodel.slots import Slot, arranged
from facemodel.topology import FaceTopology
from facemodel.view import View

_COPY = Fault(
    "same_photo", "This is another of the photos once more. Take three: from the front and from both sides."
)
_STRANGER = Fault(
    "different_people", "This photo shows somebody else than the others. All three are of one person."
)


def judge_alone(image: RgbImage, faces: Sequence[FaceMesh], topology: FaceTopology) -> View | Sequence[Fault]:
    """The largest face of the one photo that there is of a person, from the front; or what is wrong with it."""
    faults = quality.of_faces(faces, Slot.FRONT)
    if not faces:
        return faults
    view = View.of(faces[0], (image.shape[1], image.shape[0]), topology)
    faults += quality.of_view(view, quality.square_of(view.mesh, image), Slot.FRONT)
    return faults or view


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was made of photos that were sent as front, left and right."""

    views: Mapping[Slot, View]
    """The largest face of each photo, by the slot that the photo was sent as."""
    slots: Mapping[Slot, Slot]
    """By the slot that a photo was sent as, the one that it shows."""
    faults: Mapping[Slot, Sequence[Fault]]
    """What is wrong, by the slot that the photo was sent as; a photo that can be used is not in it."""


def judge(
    images: Mapping[Slot, RgbImage], faces: Mapping[Slot, Sequence[FaceMesh]], topology: FaceTopology
) -> Verdict:
    """Look at the faces (largest first) that were found in each photo.

    All faults are told at once. Whether photos go together is asked where each can be used by itself.
    """
    views = {
        slot: View.of(found[0], (images[slot].shape[1], images[slot].shape[0]), topology)
        for slot, found in faces.items()
        if found
    }
    slots = arranged({slot: view.pose.yaw_deg for slot, view in views.items()})
    squares = {slot: quality.square_of(view.mesh, images[slot]) for slot, view in views.items()}
    copies = identity.copies(views, squares)
    faults: dict[Slot, list[Fault]] = {}
    for sent, found in faces.items():
        faults[sent] = quality.of_faces(found, sent)
        if sent in copies:
            faults[sent].append(_COPY)
        elif sent in views:
            faults[sent] += quality.of_view(views[sent], squares[sent], slots[sent])
    if not any(faults.values()):
        shown = {slots[sent]: view for sent, view in views.items()}
        odd = identity.strangers(shown)
        faults = {sent: [_STRANGER] for sent in views if slots[sent] in odd}
    return Verdict(views, slots, {sent: told for sent, told in faults.items() if told})
