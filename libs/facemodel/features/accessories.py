"""Glasses, hat and earrings, as the network sees them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.features.model import Reason, Trait
from facemodel.features.network import EAR_SEEN, EARRING, GLASSES, HAT, RawTraits
from facemodel.features.scores import mean_probability, trait

_SEEN = 0.5


def accessories(raw: RawTraits) -> Mapping[str, Trait]:
    """What is worn, by name."""
    return {
        "glasses": trait(mean_probability(raw.worn[:, GLASSES])),
        "earrings": _earrings(raw.at_ears),
        "hat": trait(mean_probability(raw.worn[:, HAT])),
    }


def _earrings(at_ears: FloatArray) -> Trait:
    """Whether there is one at either ear; (N, 2, 2) probabilities.

    One that hangs below hair shows although its ear does not. None shows only where an ear was looked at.
    """
    found, seen = at_ears[..., EARRING], at_ears[..., EAR_SEEN] > _SEEN
    # The two surest pictures together: one alone may be a trick of the light, all would drown it in hidden ears.
    score = mean_probability(np.sort(found, axis=None)[-2:])
    told = trait(score)
    if told.present is not True and not seen.any():
        return Trait(score, None, Reason.EARS_NOT_SEEN)
    return told
