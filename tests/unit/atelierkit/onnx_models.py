"""Tiny ONNX models, written where inference looks for them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = np.arange(12, dtype=np.float32).reshape(3, 4) / 7


def affine(models_dir: Path, name: str = "affine") -> Path:
    """``y = x @ WEIGHTS + 100 * flag``: x (n, 3), flag (n, 1), y (n, 4), all float32."""
    nodes = [
        helper.make_node("MatMul", ["x", "weights"], ["product"]),
        helper.make_node("Mul", ["flag", "hundred"], ["shift"]),
        helper.make_node("Add", ["product", "shift"], ["y"]),
    ]
    return _write(
        models_dir,
        name,
        nodes,
        inputs={"x": (TensorProto.FLOAT, ["n", 3]), "flag": (TensorProto.FLOAT, ["n", 1])},
        outputs={"y": (TensorProto.FLOAT, ["n", 4])},
        constants={"weights": WEIGHTS, "hundred": np.array(100, np.float32)},
    )


def logarithm(models_dir: Path, name: str = "logarithm") -> Path:
    """``y = log(x)``: not finite where x is 0; x and y (n, any)."""
    nodes = [helper.make_node("Log", ["x"], ["y"])]
    shape = (TensorProto.FLOAT, ["n", "width"])
    return _write(models_dir, name, nodes, inputs={"x": shape}, outputs={"y": shape}, constants={})


def company(models_dir: Path, name: str = "company") -> Path:
    """``y``: how many rows its run had; x (n, any), y (n, 1)."""
    nodes = [
        helper.make_node("Shape", ["x"], ["rows"], start=0, end=1),
        helper.make_node("Cast", ["rows"], ["count"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1]),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "count"], ["y"]),
    ]
    return _write(
        models_dir,
        name,
        nodes,
        inputs={"x": (TensorProto.FLOAT, ["n", "width"])},
        outputs={"y": (TensorProto.FLOAT, ["n", 1])},
        constants={"zero": np.array(0, np.float32)},
    )


def _write(
    models_dir: Path,
    name: str,
    nodes: list[Any],
    *,
    inputs: dict[str, tuple[int, list[Any]]],
    outputs: dict[str, tuple[int, list[Any]]],
    constants: dict[str, Any],
) -> Path:
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(key, *declared) for key, declared in inputs.items()],
        [helper.make_tensor_value_info(key, *declared) for key, declared in outputs.items()],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    folder = models_dir / name
    folder.mkdir(parents=True)
    data = model.SerializeToString()
    (folder / "model.onnx").write_bytes(data)
    manifest = {
        "name": name,
        "version": "1.0.0",
        "files": {"model.onnx": {"sha256": hashlib.sha256(data).hexdigest()}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder
