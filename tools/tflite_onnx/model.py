"""What a TensorFlow Lite file says, as plain objects: tensors, and the operators between them in running order.

The numbers are those of the schema (`schema.fbs` of TensorFlow, version 3): fields of its tables, codes of its
operators. A file with an operator or a type that is not listed here is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flatbuffers import flexbuffers
from numpy.typing import NDArray

from tools.tflite_onnx.flatbuffer import Table
from tools.tflite_onnx.sparse import dense
from tools.tflite_onnx.unsupported import Unsupported


@dataclass(frozen=True)
class Tensor:
    """A value between operators, or a constant."""

    name: str
    shape: tuple[int, ...]
    """As in the file: rows, height, width, channels for pictures."""
    data: NDArray[Any] | None
    """A constant's numbers, dense; None where an operator or the caller makes them."""


@dataclass(frozen=True)
class Operator:
    """One step."""

    kind: str
    """The schema's name, or the name of a custom operator."""
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """The file's only graph. Numbers of tensors are places in ``tensors``."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


_TYPES = {0: np.float32, 1: np.float16, 2: np.int32}
_CUSTOM = 32
_KINDS = {
    0: "ADD",
    2: "CONCATENATION",
    3: "CONV_2D",
    4: "DEPTHWISE_CONV_2D",
    5: "DEPTH_TO_SPACE",
    6: "DEQUANTIZE",
    14: "LOGISTIC",
    17: "MAX_POOL_2D",
    18: "MUL",
    19: "RELU",
    22: "RESHAPE",
    23: "RESIZE_BILINEAR",
    34: "PAD",
    45: "STRIDED_SLICE",
    54: "PRELU",
    124: "DENSIFY",
}
_CONVOLUTION = {"padding": (0, "b", 0), "stride_w": (1, "i", 0), "stride_h": (2, "i", 0)}
_OPTIONS: Mapping[str, Mapping[str, tuple[int, str, int]]] = {
    "ADD": {"activation": (0, "b", 0)},
    "CONCATENATION": {"axis": (0, "i", 0), "activation": (1, "b", 0)},
    "CONV_2D": _CONVOLUTION
    | {"activation": (3, "b", 0), "dilation_w": (4, "i", 1), "dilation_h": (5, "i", 1)},
    "DEPTHWISE_CONV_2D": _CONVOLUTION
    | {"activation": (4, "b", 0), "dilation_w": (5, "i", 1), "dilation_h": (6, "i", 1)},
    "DEPTH_TO_SPACE": {"block": (0, "i", 0)},
    "MAX_POOL_2D": _CONVOLUTION
    | {"filter_w": (3, "i", 0), "filter_h": (4, "i", 0), "activation": (5, "b", 0)},
    "MUL": {"activation": (0, "b", 0)},
    "RESIZE_BILINEAR": {"align_corners": (2, "b", 0), "half_pixel_centers": (3, "b", 0)},
}
"""Field, struct's letter and default of each option that counts, by operator."""


def read(file: bytes) -> Model:
    """The model in ``file``. Unsupported where there are several graphs, or an operator or type is not known."""
    root = Table.root(file)
    graphs = list(root.tables(2))
    if len(graphs) != 1:
        raise Unsupported(f"{len(graphs)} graphs")
    graph = graphs[0]
    buffers = [table.array(0, np.uint8) for table in root.tables(4)]
    kinds = [_kind(table) for table in root.tables(1)]
    return Model(
        tensors=tuple(_tensor(table, buffers[table.number(2, "I")]) for table in graph.tables(0)),
        operators=tuple(_operator(table, kinds) for table in graph.tables(3)),
        inputs=_numbers(graph, 1),
        outputs=_numbers(graph, 2),
    )


def _kind(table: Table) -> str:
    """Codes above 127 have a field of their own; none of ours is."""
    code = table.number(0, "b")
    if code == _CUSTOM:
        return table.text(1)
    if code not in _KINDS:
        raise Unsupported(f"operator {code}")
    return _KINDS[code]


def _tensor(table: Table, data: NDArray[np.uint8] | None) -> Tensor:
    name, shape, code = table.text(3), _numbers(table, 0), table.number(1, "b")
    if code not in _TYPES:
        raise Unsupported(f"{name} is of type {code}")
    if data is None or not data.size:
        return Tensor(name, shape, None)
    values = data.view(_TYPES[code])
    sparsity = table.table(6)
    return Tensor(name, shape, values.reshape(shape) if sparsity is None else dense(values, shape, sparsity))


def _operator(table: Table, kinds: list[str]) -> Operator:
    kind = kinds[table.number(0, "I")]
    return Operator(kind, _numbers(table, 1), _numbers(table, 2), _options(table, kind))


def _options(table: Table, kind: str) -> Mapping[str, Any]:
    custom, builtin = table.array(5, np.uint8), table.table(4)
    if custom is not None and custom.size:
        told: Mapping[str, Any] = flexbuffers.Loads(custom.tobytes())
        return told
    return {
        name: default if builtin is None else builtin.number(field, letter, default)
        for name, (field, letter, default) in _OPTIONS.get(kind, {}).items()
    }


def _numbers(table: Table, field: int) -> tuple[int, ...]:
    found = table.array(field, np.int32)
    return () if found is None else tuple(found.tolist())
