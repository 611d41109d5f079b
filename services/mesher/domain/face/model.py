"""A person's face as it comes to a body."""

from __future__ import annotations

from dataclasses import dataclass

from facemodel.arrays import FloatArray, RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class WornFace:
    """A face to put on."""

    points: FloatArray
    """(468, 3) metres, the face's own frame: X to the person's left, Y up, Z forward."""
    picture_key: str
    """Of its picture, in the object store."""
    skin_color: str
    """`#rrggbb`, the skin in that picture."""
    eye_color: str
    """`#rrggbb` of the irises; empty where it could not be told."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonFace:
    """A face with its picture."""

    worn: WornFace
    picture: RgbImage
    """In the texture coordinates of the face's topology."""
