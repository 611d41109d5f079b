"""What a face says, in weights of face shapes: the expressions that avatar formats name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bodymodel.expressions import ARKIT, EXPRESSIONS

Weights = Mapping[str, float]
"""0..1 by face shape."""


def _both(**weights: float) -> dict[str, float]:
    """The same weights on both sides of the face."""
    return {f"{shape}{side}": weight for shape, weight in weights.items() for side in ("Left", "Right")}


VRM_PRESETS: Mapping[str, Weights] = {
    "happy": _both(mouthSmile=0.85, cheekSquint=0.6, eyeSquint=0.35, mouthDimple=0.2),
    "angry": _both(browDown=1.0, noseSneer=0.45, eyeSquint=0.4, mouthFrown=0.4, mouthPress=0.4),
    "sad": _both(mouthFrown=0.75, eyeSquint=0.15) | {"browInnerUp": 1.0, "mouthShrugLower": 0.35},
    "relaxed": _both(mouthSmile=0.4, eyeBlink=0.25, cheekSquint=0.15),
    "surprised": _both(browOuterUp=0.9, eyeWide=0.9)
    | {"browInnerUp": 0.9, "jawOpen": 0.4, "mouthFunnel": 0.2},
    "aa": {"viseme_aa": 1.0},
    "ih": {"viseme_I": 1.0},
    "ou": {"viseme_U": 1.0},
    "ee": {"viseme_E": 1.0},
    "oh": {"viseme_O": 1.0},
    "blink": _both(eyeBlink=1.0),
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "lookUp": _both(eyeLookUp=1.0),
    "lookDown": _both(eyeLookDown=1.0),
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
    "neutral": {},
}
"""VRM 1.0's own expressions; left and right are the avatar's."""
VRM_CUSTOM: Mapping[str, Weights] = {shape: {shape: 1.0} for shape in ARKIT}
"""ARKit's shapes one by one, under the names by which face trackers drive VRM avatars."""
VRM_SHAPES: frozenset[str] = frozenset(
    shape for weights in (*VRM_PRESETS.values(), *VRM_CUSTOM.values()) for shape in weights
)
"""Face shapes that every VRM file holds."""


def canonical(shapes: Iterable[str]) -> tuple[str, ...]:
    """Each name once, in the order of files; names that no face shape has come last."""
    rank = {name: number for number, name in enumerate(EXPRESSIONS)}
    return tuple(sorted(set(shapes), key=lambda name: (rank.get(name, len(rank)), name)))
