"""All that is told of a face."""

from __future__ import annotations

from collections.abc import Sequence

from facemodel.arrays import RgbImage
from facemodel.features import light
from facemodel.features.accessories import accessories
from facemodel.features.expressions import expressions
from facemodel.features.eyes import irises
from facemodel.features.model import Features
from facemodel.features.network import EYES_HIDDEN, RawTraits
from facemodel.features.scores import mean_probability
from facemodel.features.shape import face_shape
from facemodel.features.tone import skin
from facemodel.fusion import Face
from facemodel.view import View

_HIDDEN = 0.5


def describe(views: Sequence[View], images: Sequence[RgbImage], face: Face, traits: RawTraits) -> Features:
    """What 1..3 photos of one person say, with the fused face and what `network.looked_at` answered for them."""
    hidden = mean_probability(traits.worn[:, EYES_HIDDEN]) > _HIDDEN
    lights = [light.of(view, image, hidden=hidden) for view, image in zip(views, images, strict=True)]
    return Features(
        expressions=expressions(views, traits, hidden=hidden),
        shape=face_shape(face.points),
        skin=skin(views, images, lights),
        eyes=irises(views, images, lights, hidden=hidden),
        accessories=accessories(views, traits),
    )
