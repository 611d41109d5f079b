"""The network that tells what geometry cannot: what it is shown, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from facemodel.arrays import FloatArray, RgbImage
from facemodel.features.cuts import cuts, tensors
from facemodel.view import View

GLASSES, EYES_HIDDEN, HAT = range(3)
FROWN, RAISED_EYEBROWS, SQUINT = range(3)
EAR_SEEN, EARRING = range(2)


@dataclass(frozen=True, slots=True)
class RawTraits:
    """Probabilities for N pictures of one face."""

    worn: FloatArray
    """(N, 3) glasses, eyes hidden by dark lenses, hat."""
    shown: FloatArray
    """(N, 3) frown, raised eyebrows, squint."""
    at_ears: FloatArray
    """(N, 2, 2) right ear and left: whether a stud could be seen there, whether an earring is."""


class TraitNetwork(Protocol):
    """The network, wherever it runs; `models/face_traits`."""

    async def traits(self, inputs: Mapping[str, FloatArray]) -> RawTraits:
        """Answers for `cuts.tensors`."""
        ...


async def looked_at(network: TraitNetwork, views: Sequence[View], images: Sequence[RgbImage]) -> RawTraits:
    """What the network says of each photo, in one run."""
    shown = [cuts(image, view.mesh.points) for view, image in zip(views, images, strict=True)]
    return await network.traits(tensors(shown))
