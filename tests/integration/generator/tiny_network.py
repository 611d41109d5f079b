"""A network with the body generator's contract and none of its knowledge: one matrix."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
PERSON, COORDINATES = 48, 30_000

Array = np.ndarray[Any, Any]


def install(models_dir: Path, matrix: Array | None = None, offset: Array | None = None) -> None:
    """Write the network and its manifest, version 0.0.7, below ``models_dir``."""
    folder = models_dir / "body_generator"
    folder.mkdir(parents=True)
    if matrix is None:
        matrix = np.random.default_rng(7).normal(0.0, 0.1, (PERSON, COORDINATES))
    onnx.save(_network(matrix, np.zeros(COORDINATES) if offset is None else offset), folder / "model.onnx")
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    manifest = {"name": "body_generator", "version": "0.0.7", "files": {"model.onnx": {"sha256": digest}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _network(matrix: Array, offset: Array) -> onnx.ModelProto:
    """points (N, 10000, 3) = [measurements / 1000, body_type, z] (N, 48) @ matrix (48, 30000) + offset (30000,)."""
    nodes = [
        helper.make_node("Mul", ["measurements", "per_metre"], ["metres"]),
        helper.make_node("Concat", ["metres", "body_type", "z"], ["person"], axis=1),
        helper.make_node("Gemm", ["person", "matrix", "offset"], ["flat"]),
        helper.make_node("Reshape", ["flat", "shape"], ["points"]),
    ]
    constants: dict[str, Array] = {
        "per_metre": np.array(0.001, np.float32),
        "matrix": matrix.astype(np.float32),
        "offset": offset.astype(np.float32),
        "shape": np.array([-1, 10_000, 3], np.int64),
    }
    sizes = {"measurements": 15, "body_type": 1, "z": 32}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, FLOAT, ["N", size]) for name, size in sizes.items()],
        [helper.make_tensor_value_info("points", FLOAT, ["N", 10_000, 3])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
