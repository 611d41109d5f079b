"""The network in less precision, and the benchmark that times it, at the smallest scale."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from benchmarks import gpu, precision
from tests.unit.atelierkit import onnx_models

TINY = gpu.Device("CPUExecutionProvider", "this machine", "cpu", batches=(1, 3), side=32, rounds=1)


@pytest.fixture(scope="module")
def people() -> gpu.Arrays:
    random = np.random.default_rng(1)
    return {
        "measurements": random.uniform(300, 1800, (3, 15)).astype(np.float32),
        "body_type": np.ones((3, 1), np.float32),
        "z": random.normal(size=(3, 32)).astype(np.float32),
    }


def _points(model: Any, people: gpu.Arrays) -> np.ndarray:
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    points: np.ndarray = session.run(["points"], people)[0]
    return points


def test_single_precision_has_no_doubles_and_the_same_points(people: gpu.Arrays) -> None:
    single = precision.single(gpu.FILE)
    kinds = {a.i for n in single.graph.node for a in n.attribute if n.op_type == "Cast"}
    assert onnx.TensorProto.DOUBLE not in kinds
    apart = np.abs(_points(single, people) - _points(precision.released(gpu.FILE), people))
    assert apart.max() < 1e-4


def test_half_precision_is_half_and_close(people: gpu.Arrays) -> None:
    half = precision.half(gpu.FILE)
    halves = {
        tensor.name for tensor in half.graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT16
    }
    products = [node for node in half.graph.node if node.op_type in ("MatMul", "Gemm")]
    assert len(products) == 7
    assert all(node.input[1] in halves for node in products)
    apart = np.abs(_points(half, people) - _points(precision.released(gpu.FILE), people)).max()
    assert 1e-6 < apart < 1e-3


def test_weights_are_counted(tmp_path: Path) -> None:
    affine = onnx.load(onnx_models.affine(tmp_path) / "model.onnx")
    assert precision.weight_count(affine) == onnx_models.WEIGHTS.size
    weights = 153 * 96 + 32 * 96 + 96 * 30_000 + 48 * 128 + 128 * 256 + 256 * 384 + 384 * 96
    assert precision.weight_count(precision.released(gpu.FILE)) == weights


def test_the_benchmark_runs_without_a_card_and_says_so(people: gpu.Arrays) -> None:
    lines = list(gpu.sweep(people, TINY))
    assert [(line["precision"], line["rows"]) for line in lines] == [
        (name, rows) for name in ("released", "float32", "float16") for rows in (1, 3)
    ]
    assert all(line["ms"] > 0 and line["share_of_limit"] > 0 for line in lines)
    apart = {"float16": {"points_mean": 0.01, "points_worst": 0.1, "tape_mean": 0.02, "tape_worst": 0.3}}
    assert "No GPU was at hand" in gpu.page(TINY, lines, apart, 3)
    assert "No GPU was at hand" not in gpu.page(dataclasses.replace(TINY, kind="cuda"), lines, apart, 3)
