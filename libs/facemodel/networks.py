"""What the face model needs of neural networks; ADR 0012 has their contracts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from facemodel.arrays import FloatArray

MESH_SIDE = 224
"""Pixels of the face that the mesh network is shown."""


class Range(StrEnum):
    """Which faces a detector is made for."""

    SHORT = "short"
    """Within arm's length or two."""
    FULL = "full"
    """Also small ones, and such as are turned far."""


@dataclass(frozen=True, slots=True)
class RawBoxes:
    """What a detector says of every anchor of N pictures."""

    boxes: FloatArray
    """(N, anchors, 16): middle, width and height, then six points; pixels of the network's picture, from the anchor."""
    scores: FloatArray
    """(N, anchors, 1) logits."""


@dataclass(frozen=True, slots=True)
class RawMeshes:
    """What the mesh network says of N faces; pixels of the network's picture, depth in the same unit."""

    landmarks: FloatArray
    """(N, 468, 3)."""
    iris: FloatArray
    """(N, 10, 3): five points of the person's right iris, then of the left."""
    presence: FloatArray
    """(N, 1) probability that there is a face."""


class Networks(Protocol):
    """The networks, wherever they run."""

    async def detect(self, reach: Range, images: FloatArray) -> RawBoxes:
        """Faces in (N, 3, S, S) float32 in -1..1, where S is the side of `detect.DETECTORS[reach]`."""
        ...

    async def mesh(self, images: FloatArray) -> RawMeshes:
        """Points of faces cut out upright: (N, 3, 224, 224) float32 in 0..1."""
        ...
