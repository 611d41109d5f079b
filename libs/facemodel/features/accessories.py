"""Glasses, hat and earrings, as the network sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.features.axes import Axes
from facemodel.features.model import Reason, Trait
from facemodel.features.network import EAR_SEEN, EARRING, GLASSES, HAT, RawTraits
from facemodel.features.scores import mean_probability, trait
from facemodel.view import View

_SEEN, _LOOKS = 0.8, 2
"""How sure the network must be that an ear shows, and how often. Ears half under hair hide what hangs there, and who wears one
earring shows the other ear."""
_UNSURE_OF_GLASSES = 0.3
"""How far from one half the network must be. Rendered heads leave it in no doubt; rings and creases around real eyes do."""
_HAIRLINE = np.array([0.0, 1.0, 0.0])
"""From between the eyes, in distances of their corners: hats begin below, crowns end at 1.2 to 1.4."""


def accessories(views: Sequence[View], raw: RawTraits) -> Mapping[str, Trait]:
    """What is worn, by name; `raw` are the answers for the same photos."""
    return {
        "glasses": trait(mean_probability(raw.worn[:, GLASSES]), _UNSURE_OF_GLASSES),
        "earrings": _earrings(raw.at_ears),
        "hat": _hat(views, mean_probability(raw.worn[:, HAT])),
    }


def _hat(views: Sequence[View], score: float) -> Trait:
    """Whether there is one. None shows only where a photo goes on above the forehead."""
    told = trait(score)
    if told.present is not True and not any(_shows_hairline(view) for view in views):
        return Trait(score, None, Reason.HEAD_CUT_OFF)
    return told


def _shows_hairline(view: View) -> bool:
    face = Axes.of(view.mesh.points)
    above = face.away(face.middle, _HAIRLINE)[:2]
    return bool((above >= 0.0).all() and (above <= view.size).all())


def _earrings(at_ears: FloatArray) -> Trait:
    """Whether there is one at either ear; (N, 2, 2) probabilities.

    One that hangs below hair shows although its ear does not. None shows only where ears were looked at twice.
    """
    found, looks = at_ears[..., EARRING], int((at_ears[..., EAR_SEEN] > _SEEN).sum())
    # The two surest pictures together: one alone may be a trick of the light, all would drown it in hidden ears.
    score = mean_probability(np.sort(found, axis=None)[-2:])
    told = trait(score)
    if told.present is not True and looks < _LOOKS:
        return Trait(score, None, Reason.EARS_NOT_SEEN)
    return told
