"""What a detecting network would say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photos.detect import Detector

WIDTH, HEIGHT = 640, 480
"""Of the photo."""


def raw(
    detector: Detector, boxes: Sequence[tuple[float, float, float, float]], points: int = 6
) -> tuple[np.ndarray, np.ndarray]:
    """Of square boxes (x, y, side in pixels of the photo, logit), each at its nearest anchor.

    The first two points are eyes of a face as large as the box, the others lie in its middle.
    """
    side, largest = detector.side, max(WIDTH, HEIGHT)
    anchors = detector.anchors
    told = np.zeros((len(anchors), 4 + 2 * points), np.float32)
    scores = np.full((len(anchors), 1), -20.0, np.float32)
    taken: set[int] = set()
    for x, y, size, logit in boxes:
        place = np.add((x, y), ((largest - WIDTH) / 2, (largest - HEIGHT) / 2)) / largest
        order = np.argsort(np.linalg.norm(anchors - place, axis=1), kind="stable")
        anchor = next(int(number) for number in order if int(number) not in taken)
        taken.add(anchor)
        away = (place - anchors[anchor]) * side
        extent = size / largest * side
        eyes = [np.add(away, (-0.2 * extent, -0.1 * extent)), np.add(away, (0.2 * extent, -0.1 * extent))]
        told[anchor] = np.concatenate([away, [extent, extent], *eyes, *[away] * (points - 2)])
        scores[anchor] = logit
    return told, scores
