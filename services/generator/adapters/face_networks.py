"""The face networks behind the inference port."""

from __future__ import annotations

import time
from collections.abc import Mapping

from atelierkit.errors import AppError
from atelierkit.inference import Inference
from facemodel.arrays import FloatArray
from facemodel.features.network import RawTraits
from facemodel.networks import Range, RawBoxes, RawMeshes
from services.generator.adapters.inferring import inferred
from services.generator.domain.ports_faces import FaceModel

MESH = "face_mesh"
DETECTORS = {Range.SHORT: "face_detector_short", Range.FULL: "face_detector_full"}
"""Names of the networks: folders of their files, and their names on an inference server."""
TRAITS = "face_traits"
MODELS = (MESH, *DETECTORS.values(), TRAITS)


class FaceNetworks:
    """The networks for the photos of one face, and the time that they took."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self.seconds = 0.0
        """Time in the networks so far, waiting for a turn included."""

    async def detect(self, reach: Range, images: FloatArray) -> RawBoxes:
        answer = await self._inferred(DETECTORS[reach], {"image": images})
        return RawBoxes(answer["boxes"], answer["scores"])

    async def mesh(self, images: FloatArray) -> RawMeshes:
        answer = await self._inferred(MESH, {"image": images})
        return RawMeshes(answer["landmarks"], answer["iris"], answer["presence"])

    async def traits(self, inputs: Mapping[str, FloatArray]) -> RawTraits:
        answer = await self._inferred(TRAITS, inputs)
        return RawTraits(answer["worn"], answer["shown"], answer["at_ears"])

    async def _inferred(self, model: str, inputs: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        began = time.perf_counter()
        try:
            return await inferred(self._inference, model, inputs)
        finally:
            self.seconds += time.perf_counter() - began


class KnownFaceModel:
    """The network that finds the points, as others see it."""

    def __init__(self, inference: Inference, version: str) -> None:
        self._inference = inference
        self._version = version

    async def look(self) -> FaceModel:
        try:
            await self._inference.ready(MESH)
        except AppError:
            return FaceModel(MESH, self._version, ready=False)
        return FaceModel(MESH, self._version, ready=True)
