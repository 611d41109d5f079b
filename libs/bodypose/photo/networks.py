"""What the pose of a photo needs of neural networks; the manifests in `models/` have their contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bodypose.arrays import FloatArray

LANDMARK_SIDE = 256
"""Pixels of the person that the landmark network is shown."""
LANDMARKS = 33
"""Of a body; the network tells some more, by which the next picture of a film would be cut out."""


@dataclass(frozen=True, slots=True)
class RawPeople:
    """What the detector says of every anchor of N pictures."""

    boxes: FloatArray
    """(N, anchors, 12): middle, width and height, then four points; pixels of the network's picture, from the anchor."""
    scores: FloatArray
    """(N, anchors, 1) logits."""


@dataclass(frozen=True, slots=True)
class RawLandmarks:
    """What the landmark network says of N people."""

    landmarks: FloatArray
    """(N, 39, 3) pixels of the network's picture."""
    visibility: FloatArray
    """(N, 39) probability that a landmark is in the picture and not hidden."""
    world: FloatArray
    """(N, 39, 3) metres from the middle of the hips, as the network's picture shows them: right, down, away."""
    presence: FloatArray
    """(N, 1) probability that there is a person."""


class PoseNetworks(Protocol):
    """The networks, wherever they run."""

    async def detect_people(self, images: FloatArray) -> RawPeople:
        """People in (N, 3, S, S) float32 in -1..1, where S is the side of `people.DETECTOR`."""
        ...

    async def landmarks(self, images: FloatArray) -> RawLandmarks:
        """Landmarks of people cut out upright: (N, 3, 256, 256) float32 in 0..1."""
        ...
