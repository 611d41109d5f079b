"""The face's networks, and what opens any, on one thread of this process, without a server between."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnxruntime

from facemodel.arrays import FloatArray
from facemodel.features.network import RawTraits
from facemodel.networks import Range, RawBoxes, RawMeshes


class PlainNetworks:
    """`facemodel.networks.Networks` by onnxruntime alone."""

    def __init__(self, models: Path) -> None:
        self._detectors = {reach: opened(models, f"face_detector_{reach.value}") for reach in Range}
        self._mesh = opened(models, "face_mesh")

    async def detect(self, reach: Range, images: FloatArray) -> RawBoxes:
        return RawBoxes(*self._detectors[reach].run(["boxes", "scores"], {"image": images}))

    async def mesh(self, images: FloatArray) -> RawMeshes:
        return RawMeshes(*self._mesh.run(["landmarks", "iris", "presence"], {"image": images}))


class PlainTraits:
    """`facemodel.features.network.TraitNetwork` by onnxruntime alone."""

    def __init__(self, models: Path) -> None:
        self._traits = opened(models, "face_traits")

    async def traits(self, inputs: Mapping[str, FloatArray]) -> RawTraits:
        return RawTraits(*self._traits.run(["worn", "shown", "at_ears"], inputs))


def opened(models: Path, name: str) -> onnxruntime.InferenceSession:
    """A released network."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        models / name / "model.onnx", options, providers=["CPUExecutionProvider"]
    )
