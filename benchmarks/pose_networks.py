"""The networks of a person's pose on one thread of this process, without a server between."""

from __future__ import annotations

from pathlib import Path

from benchmarks.face_networks import opened
from bodypose.arrays import FloatArray
from bodypose.photo.networks import RawLandmarks, RawPeople


class PlainPoseNetworks:
    """`bodypose.photo.networks.PoseNetworks` by onnxruntime alone."""

    def __init__(self, models: Path) -> None:
        self._detector = opened(models, "pose_detector")
        self._landmarks = opened(models, "pose_landmarks")

    async def detect_people(self, images: FloatArray) -> RawPeople:
        return RawPeople(*self._detector.run(["boxes", "scores"], {"image": images}))

    async def landmarks(self, images: FloatArray) -> RawLandmarks:
        names = ["landmarks", "visibility", "world", "presence"]
        return RawLandmarks(*self._landmarks.run(names, {"image": images}))
