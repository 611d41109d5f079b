"""What photos say about a face: expressions, shape, colours, and what is worn."""

from __future__ import annotations

from facemodel.features.describe import describe
from facemodel.features.model import EyeColor, FaceShape, Features, MeasuredColor, Reason, SkinTone, Trait
from facemodel.features.network import RawTraits, TraitNetwork, looked_at

__all__ = [
    "EyeColor",
    "FaceShape",
    "Features",
    "MeasuredColor",
    "RawTraits",
    "Reason",
    "SkinTone",
    "Trait",
    "TraitNetwork",
    "describe",
    "looked_at",
]
