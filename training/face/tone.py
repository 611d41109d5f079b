"""Find the curve of `facemodel.features.calibration`: `python -m training.face.tone`, after `training.face.traits_data`.

Rendered heads of known skin go the whole way that photos go, up to the light that they show together. The curve from there to
the skin is the one whose worst tone is told best: of all curves this smooth, the one that serves nobody much worse than others.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.face_networks import PlainNetworks
from facemodel import color
from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.features import light
from facemodel.features.calibration import bent, features, shares, terms
from facemodel.features.tone import MONK_LIGHT, Shown, shown
from facemodel.search import FaceSearch
from facemodel.topology import FaceTopology
from facemodel.view import View
from training.face.traits_data import Truth, stored
from training.face.traits_labels import FOLDER

_BOUNDS = (0.5, 99.5)
"""Percentiles of what is seen that the curve is bounded by."""
_SHARPNESS = 8.0
"""How much more the worst tone counts than the others, per unit of CIEDE2000."""
_CALM = 1e-3
"""Keeps the curve near the one of least squares."""
_ROUND = 0.1
"""CIEDE2000 below which an error hardly counts less than none."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What `calibration` holds."""

    low: FloatArray
    high: FloatArray
    weights: FloatArray
    """(13, 3)."""

    def __call__(self, seen: FloatArray) -> FloatArray:
        """(n, 3) linear light -> (n, 3)."""
        return bent(seen, self.low, self.high, self.weights)


class Watcher:
    """Looks at heads as the generator does, as far as the skin needs it."""

    def __init__(self, models: Path) -> None:
        self._topology = FaceTopology.load(models)
        self._search = FaceSearch(PlainNetworks(models), self._topology.mirror)

    async def skin(self, truth: Truth, images: list[RgbImage]) -> FloatArray | None:
        """(3,) linear light that the pictures show; None where they say nothing."""
        found = await self._search.each(images)
        if not all(found):
            return None
        sizes = [(image.shape[1], image.shape[0]) for image in images]
        views = [View.of(faces[0], size, self._topology) for faces, size in zip(found, sizes, strict=True)]
        lights = [
            light.of(view, image, hidden=truth.tinted) for view, image in zip(views, images, strict=True)
        ]
        together = shown(views, images, lights)
        return together.light if isinstance(together, Shown) else None


def fitted(seen: FloatArray, tones: IntArray) -> Curve:
    """The curve for lights (n, 3) that heads of these Monk tones (n,), 1 to 10, show."""
    found = features(seen)
    low, high = np.percentile(found, _BOUNDS, axis=0)
    bent = terms(shares(found, low, high))
    wanted = np.log(MONK_LIGHT[tones - 1]) - np.log(seen)
    first = np.linalg.lstsq(bent, wanted, rcond=None)[0]
    truth = color.lab(MONK_LIGHT[tones - 1])
    of_tone = [tones == tone for tone in np.unique(tones)]

    def cost(weights: FloatArray) -> float:
        told = np.clip(seen * np.exp(bent @ weights.reshape(first.shape)), 0.0, 1.0)
        off = np.hypot(color.difference(color.lab(told), truth), _ROUND)
        worst = np.array([off[rows].mean() for rows in of_tone])
        soft = float(np.log(np.exp(_SHARPNESS * worst).mean()) / _SHARPNESS)
        return soft + _CALM * float(np.square(weights - first.ravel()).sum())

    found_weights = minimize(cost, first.ravel(), method="L-BFGS-B").x
    return Curve(low, high, found_weights.reshape(first.shape))


def off(seen: FloatArray, tones: IntArray) -> FloatArray:
    """(n,) CIEDE2000 between lights and what heads of these tones were painted with."""
    differences: FloatArray = color.difference(color.lab(seen), color.lab(MONK_LIGHT[tones - 1]))
    return differences


def watched(watcher: Watcher, heads: Iterator[tuple[Truth, list[RgbImage]]]) -> tuple[FloatArray, IntArray]:
    """Lights (n, 3) and tones (n,) of the heads whose skin was seen."""
    lights, tones = [], []
    for truth, images in heads:
        seen = asyncio.run(watcher.skin(truth, images))
        if seen is not None:
            lights.append(seen)
            tones.append(truth.tone)
    return np.array(lights), np.array(tones)


def main() -> None:
    """Fit on all heads, judge on each fifth by the curve of the others, and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--count", type=int, default=2180, help="heads")
    arguments = parser.parse_args()
    seen, tones = watched(Watcher(arguments.models), stored(arguments.folder, range(arguments.count)))
    told = np.zeros_like(seen)
    for fifth in range(5):
        mine = np.arange(len(seen)) // 10 % 5 == fifth
        told[mine] = fitted(seen[~mine], tones[~mine])(seen[mine])
    for name, lights in (("as shown", seen), ("calibrated", told)):
        by_tone = [float(np.median(off(lights, tones)[tones == tone])) for tone in range(1, 11)]
        print(name, f"{np.median(off(lights, tones)):.2f}", np.round(by_tone, 2))
    curve = fitted(seen, tones)
    with np.printoptions(precision=4, suppress=True):
        print(len(seen), repr(curve.low), repr(curve.high), repr(curve.weights), sep="\n")


if __name__ == "__main__":
    main()
