"""Smile, frown, raised eyebrows and squint.

A smile is told from the points alone: it moves the corners of the mouth up, outwards and back, by far more than mouths
differ from each other. Brows and lids differ from person to person by as much as a frown or a squint moves them (on
rendered heads, points alone tell those in 80 to 89 of 100 cases), so the network looks at these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from facemodel.arrays import FloatArray
from facemodel.features.axes import Axes
from facemodel.features.model import Reason, Trait
from facemodel.features.network import FROWN, RAISED_EYEBROWS, SQUINT, RawTraits
from facemodel.features.scores import mean_probability, trait
from facemodel.view import View

_CORNERS, _LIPS_INSIDE = [61, 291], [13, 14]
_FOLDS = (205, 425)
"""On both cheeks, beside the folds that run from nose to mouth."""
_NOSE = 2
"""Under its tip, where nobody smiles."""
_SMILE = np.array([139.1, 33.1, -124.2, -9.8, 50.8])
_SMILE_BIAS = -18.38
"""Logistic regression on 840 rendered heads whose face shapes are known: right on 98 of 100 of 211 others."""
_UNSURE_OF = {"frown": 0.2, "raisedEyebrows": 0.25, "squint": 0.25}
"""How far from one half the network must be: on 190 rendered heads that it was not trained on, it was right then on 97 of
100 and more. That leaves out one in twenty: other people look at rest as these do."""
_BROWS = [46, 53, 52, 65, 55, 276, 283, 282, 295, 285]
_KNOWN_BROWS = (0.18, 0.28)
"""How high brows lay above the corners of the eyes, in distances of these, on the middle 98 of 100 heads that the network
learned from. Real ones often lie lower, and it takes those for a frown: of them it is not asked."""


def expressions(views: Sequence[View], raw: RawTraits, *, hidden: bool) -> Mapping[str, Trait]:
    """What the face shows, by name; `hidden` where dark lenses are before the eyes."""
    smile = float(1.0 / (1.0 + np.exp(-np.mean([_smile(view.mesh.points) for view in views]))))
    squint = mean_probability(raw.shown[:, SQUINT])
    lowest, highest = _KNOWN_BROWS
    known = bool(lowest <= np.mean([_brow_height(view.mesh.points) for view in views]) <= highest)
    return {
        "smile": trait(smile),
        "frown": _brow("frown", mean_probability(raw.shown[:, FROWN]), known=known),
        "raisedEyebrows": _brow(
            "raisedEyebrows", mean_probability(raw.shown[:, RAISED_EYEBROWS]), known=known
        ),
        "squint": Trait(squint, None, Reason.EYES_HIDDEN) if hidden else trait(squint, _UNSURE_OF["squint"]),
    }


def mouth(points: FloatArray) -> FloatArray:
    """(5,) of a face in a photo, in distances of the eyes' corners: how far the corners of the mouth lie above where the
    lips meet, how wide it is, how far the corners lie behind, how far the folds of the cheeks are apart, and how far
    the corners lie above the nose's base.
    """
    place = Axes.of(points).along(points)
    corners = place[_CORNERS].mean(axis=0)
    lift, depth = (corners - place[_LIPS_INSIDE].mean(axis=0))[1:]
    width = np.linalg.norm(place[_CORNERS[0]] - place[_CORNERS[1]])
    folds = np.linalg.norm(place[_FOLDS[0]] - place[_FOLDS[1]])
    return np.array([lift, width, depth, folds, corners[1] - place[_NOSE, 1]])


def _brow(name: str, score: float, *, known: bool) -> Trait:
    return trait(score, _UNSURE_OF[name]) if known else Trait(score, None, Reason.UNSURE)


def _brow_height(points: FloatArray) -> float:
    """Of the brows' lower edges above the corners of the eyes, in distances of these."""
    return float(Axes.of(points).along(points)[_BROWS, 1].mean())


def _smile(points: FloatArray) -> float:
    """Logit."""
    return float(mouth(points) @ _SMILE + _SMILE_BIAS)
