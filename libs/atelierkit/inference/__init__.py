"""Neural networks behind one port: onnxruntime in this process, or a Triton server, from the same ONNX files."""

from __future__ import annotations

from atelierkit.inference.local import LocalInference
from atelierkit.inference.port import Inference, ModelMissing, ModelOutputInvalid
from atelierkit.inference.triton import TritonInference
from atelierkit.inference.watched import WatchedInference

__all__ = [
    "Inference",
    "LocalInference",
    "ModelMissing",
    "ModelOutputInvalid",
    "TritonInference",
    "WatchedInference",
]
