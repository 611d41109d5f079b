"""The face's networks on one thread of this process, without a server between."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from facemodel.arrays import FloatArray
from facemodel.networks import Range, RawBoxes, RawMeshes


class PlainNetworks:
    """`facemodel.networks.Networks` by onnxruntime alone."""

    def __init__(self, models: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1

        def opened(name: str) -> onnxruntime.InferenceSession:
            file = models / name / "model.onnx"
            return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

        self._detectors = {reach: opened(f"face_detector_{reach.value}") for reach in Range}
        self._mesh = opened("face_mesh")

    async def detect(self, reach: Range, images: FloatArray) -> RawBoxes:
        return RawBoxes(*self._detectors[reach].run(["boxes", "scores"], {"image": images}))

    async def mesh(self, images: FloatArray) -> RawMeshes:
        return RawMeshes(*self._mesh.run(["landmarks", "iris", "presence"], {"image": images}))
