"""The 15 visemes as mixtures of ARKit's shapes: what each group of speech sounds does to jaw, lips and tongue.

Weights are shares of a shape's full deflection. No sound opens the jaw as far as `jawOpen` alone does, so lips are
drawn more than the jaw is dropped; voicing is not seen, so /p/ and /b/, /t/ and /d/ share one mouth.
"""

from __future__ import annotations

from collections.abc import Mapping

from bodymodel.expressions import ARKIT, VISEMES
from training.body.source import FloatArray


def _both(**weights: float) -> dict[str, float]:
    """The same weight on the left and the right shape."""
    return {f"{name}{side}": weight for name, weight in weights.items() for side in ("Left", "Right")}


MIXTURES: Mapping[str, Mapping[str, float]] = {
    # Silence: lips at rest.
    "viseme_sil": {},
    # /p b m/, pin, bin, mine: lips pressed together and rolled in a little.
    "viseme_PP": {
        "mouthRollUpper": 0.35,
        "mouthRollLower": 0.45,
        "mouthShrugLower": 0.15,
        **_both(mouthPress=0.35),
    },
    # /f v/, fat, vat: the lower lip lies against the upper teeth, which the upper lip bares.
    "viseme_FF": {
        "jawOpen": 0.06,
        "mouthRollLower": 0.75,
        "mouthShrugLower": 0.25,
        **_both(mouthUpperUp=0.45),
    },
    # /th/, think, that: the tip of the tongue shows between the teeth.
    "viseme_TH": {
        "jawOpen": 0.20,
        "tongueOut": 0.45,
        **_both(mouthUpperUp=0.25, mouthLowerDown=0.25),
    },
    # /t d/, tip, doll: teeth near each other, lips apart, the tongue behind the upper teeth.
    "viseme_DD": {
        "jawOpen": 0.14,
        **_both(mouthUpperUp=0.25, mouthLowerDown=0.40, mouthStretch=0.10),
    },
    # /k g/, call, gas: jaw a little lower, lips loose; the closure lies out of sight at the palate.
    "viseme_kk": {
        "jawOpen": 0.22,
        **_both(mouthUpperUp=0.15, mouthLowerDown=0.30, mouthStretch=0.15),
    },
    # /tS dZ S/, chair, join, she: teeth together, lips pushed forward and flared.
    "viseme_CH": {
        "jawOpen": 0.08,
        "mouthFunnel": 0.65,
        "mouthPucker": 0.15,
        **_both(mouthUpperUp=0.15, mouthLowerDown=0.20),
    },
    # /s z/, sir, zeal: teeth together and bared, corners drawn apart.
    "viseme_SS": {
        "jawOpen": 0.05,
        **_both(mouthUpperUp=0.35, mouthLowerDown=0.55, mouthStretch=0.30, mouthSmile=0.10),
    },
    # /n l/, not, lot: like /t d/ with the jaw lower, so that the raised tongue is seen.
    "viseme_nn": {
        "jawOpen": 0.20,
        **_both(mouthUpperUp=0.20, mouthLowerDown=0.25),
    },
    # /r/, red: lips rounded without being closed.
    "viseme_RR": {
        "jawOpen": 0.14,
        "mouthFunnel": 0.40,
        "mouthPucker": 0.35,
    },
    # /A:/, car: the widest jaw of speech.
    "viseme_aa": {
        "jawOpen": 0.55,
        **_both(mouthUpperUp=0.20, mouthLowerDown=0.20),
    },
    # /e/, bed: half open, corners apart.
    "viseme_E": {
        "jawOpen": 0.32,
        **_both(mouthStretch=0.35, mouthSmile=0.15, mouthUpperUp=0.20, mouthLowerDown=0.20),
    },
    # /i/, tip: narrow and wide.
    "viseme_I": {
        "jawOpen": 0.16,
        **_both(mouthStretch=0.35, mouthSmile=0.30, mouthUpperUp=0.20, mouthLowerDown=0.30),
    },
    # /o/, toe: open and round.
    "viseme_O": {
        "jawOpen": 0.42,
        "mouthFunnel": 0.60,
        "mouthPucker": 0.25,
    },
    # /u/, book: nearly closed, small and far forward.
    "viseme_U": {
        "jawOpen": 0.16,
        "mouthFunnel": 0.35,
        "mouthPucker": 0.75,
    },
}


def mixed(shapes: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The visemes in their order, each (V, 3), from ARKit's shapes (V, 3)."""
    still = 0.0 * shapes[ARKIT[0]]
    return {
        name: sum((weight * shapes[part] for part, weight in MIXTURES[name].items()), start=still)
        for name in VISEMES
    }
