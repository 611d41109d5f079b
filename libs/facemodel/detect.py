"""Where faces are: the two detectors, and what their answers about several photos say."""

from __future__ import annotations

from collections.abc import Mapping

from facemodel.networks import Range, RawBoxes
from photos.detect import Detection, Detector, Sight

DETECTORS: Mapping[Range, Detector] = {
    Range.SHORT: Detector(128, ((8, 2), (16, 6))),
    Range.FULL: Detector(192, ((4, 1),)),
}
"""A face's points are the right eye, the left eye, the tip of the nose, the mouth, the right ear and the left ear; right
is the person's."""


def each(sights: list[Sight], raw: RawBoxes) -> list[list[Detection]]:
    """The faces of every picture of one run of a detector."""
    return [
        sight.found(boxes, scores) for sight, boxes, scores in zip(sights, raw.boxes, raw.scores, strict=True)
    ]
