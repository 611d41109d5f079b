"""An ONNX graph that grows node by node; the same calls in the same order give the same bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

OPSET = 17
_IR_VERSION = 8
_BATCH = "N"

Sizes = tuple[int, ...]


class Graph:
    """Nodes and constants, named by kind and number; inputs and outputs by their contract."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, sizes: Sizes) -> str:
        """Declare a float32 input; ``sizes`` are a row's, before them comes any number of rows."""
        self._inputs.append(_declared(name, sizes))
        return name

    def output(self, name: str, value: str, sizes: Sizes) -> None:
        """Declare ``value`` as the output ``name``."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(_declared(name, sizes))

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node and give the name of its output. An empty name leaves an optional input out."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def floats(self, values: Any) -> str:
        """A float32 constant."""
        return self._constant(np.asarray(values, np.float32))

    def integers(self, *values: int) -> str:
        """A vector of int64."""
        return self._constant(np.asarray(values, np.int64))

    def model(self, name: str) -> onnx.ModelProto:
        """The checked model."""
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        made = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="tflite_onnx"
        )
        made.ir_version = _IR_VERSION
        onnx.checker.check_model(made, full_check=True)
        return made

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def to_bytes(model: onnx.ModelProto) -> bytes:
    """The file's bytes, the same on every machine."""
    return model.SerializeToString(deterministic=True)


def _declared(name: str, sizes: Sizes) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [_BATCH, *sizes])
