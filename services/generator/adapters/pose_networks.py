"""The networks of a person's pose behind the inference port."""

from __future__ import annotations

from atelierkit.inference import Inference
from bodypose.arrays import FloatArray
from bodypose.photo.networks import RawLandmarks, RawPeople
from services.generator.adapters.inferring import inferred

DETECTOR, LANDMARKS = "pose_detector", "pose_landmarks"
"""Names of the networks: folders of their files, and their names on an inference server."""
POSE_MODELS = (DETECTOR, LANDMARKS)


class InferredPoses:
    """`bodypose.photo.networks.PoseNetworks`."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    async def detect_people(self, images: FloatArray) -> RawPeople:
        answer = await inferred(self._inference, DETECTOR, {"image": images})
        return RawPeople(answer["boxes"], answer["scores"])

    async def landmarks(self, images: FloatArray) -> RawLandmarks:
        answer = await inferred(self._inference, LANDMARKS, {"image": images})
        return RawLandmarks(answer["landmarks"], answer["visibility"], answer["world"], answer["presence"])
