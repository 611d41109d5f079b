"""A whole file, or its network inside a larger graph."""

from __future__ import annotations

from collections.abc import Sequence

from tools.tflite_onnx.graph import Graph
from tools.tflite_onnx.model import Model
from tools.tflite_onnx.operators import WRITERS
from tools.tflite_onnx.translation import Translation
from tools.tflite_onnx.unsupported import Unsupported


def write(model: Model, graph: Graph, inputs: Sequence[str]) -> dict[str, str]:
    """Write the network into ``graph``, fed by the values ``inputs``; the value of each of its outputs by name."""
    to = Translation(model, graph, inputs)
    for operator in model.operators:
        if operator.kind not in WRITERS:
            raise Unsupported(f"operator {operator.kind}")
        WRITERS[operator.kind](operator, to)
    return {model.tensors[tensor].name: to.value(tensor) for tensor in model.outputs}
