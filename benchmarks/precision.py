"""A network's ONNX file in less precision than it was released with, and what one row costs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def released(file: Path) -> Any:
    """As it is: its sums are doubles, which no machine rounds differently (docs/adr/0004)."""
    return onnx.load(file)


def single(file: Path) -> Any:
    """Every double a float32: the same numbers up to the machine's rounding."""
    model = onnx.load(file)
    for tensor in model.graph.initializer:
        _to_single(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.DOUBLE:
                attribute.i = TensorProto.FLOAT
            if attribute.HasField("t"):
                _to_single(attribute.t)
    del model.graph.value_info[:]
    return model


def half(file: Path) -> Any:
    """Weights and products of matrices in float16, the rest in float32.

    Not all of it: a stature of 1,700 mm has steps of 1 mm there, a point 0.9 m above the floor steps of 0.5 mm.
    """
    model = single(file)
    given = {tensor.name: tensor for tensor in model.graph.initializer}
    casts = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "Cast"}
    nodes = []
    for node in model.graph.node:
        if node.op_type not in ("MatMul", "Gemm"):
            nodes.append(node)
            continue
        for place, name in enumerate(node.input):
            weight = given.get(casts.get(name, name))
            node.input[place] = f"{node.output[0]}_half_{place}"
            if weight is None:
                nodes.append(_cast(name, node.input[place], TensorProto.FLOAT16))
            else:
                array = numpy_helper.to_array(weight).astype(np.float16)
                model.graph.initializer.append(numpy_helper.from_array(array, node.input[place]))
        answer = node.output[0]
        node.output[0] = f"{answer}_half"
        nodes += [node, _cast(node.output[0], answer, TensorProto.FLOAT)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    _drop_unused(model)
    return model


def _cast(source: str, target: str, kind: int) -> Any:
    return helper.make_node("Cast", [source], [target], to=kind)


def _drop_unused(model: Any) -> None:
    """Weights that nothing reads any more, and their casts."""
    used = {name for node in model.graph.node if node.op_type != "Cast" for name in node.input}
    used |= {output.name for output in model.graph.output}
    while (
        more := {n.input[0] for n in model.graph.node if n.op_type == "Cast" and n.output[0] in used} - used
    ):
        used |= more
    for kept in (model.graph.node, model.graph.initializer):
        unused = [item for item in kept if not used & set(getattr(item, "output", None) or [item.name])]
        for item in unused:
            kept.remove(item)


VARIANTS = {"released": released, "float32": single, "float16": half}


def _to_single(tensor: Any) -> None:
    if tensor.data_type == TensorProto.DOUBLE:
        tensor.CopyFrom(
            numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float32), tensor.name)
        )


def products(model: Any) -> Iterator[tuple[int, int]]:
    """(inputs, outputs) of each product of a row with a matrix of weights."""
    weights = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    _through_casts(model, weights)
    for node in model.graph.node:
        if node.op_type in ("MatMul", "Gemm"):
            turned = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
            rows, columns = weights[node.input[1]]
            yield (columns, rows) if turned else (rows, columns)


def _through_casts(model: Any, weights: dict[str, tuple[int, ...]]) -> None:
    """A weight that is cast before its use keeps its shape."""
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in weights:
            weights[node.output[0]] = weights[node.input[0]]


def weight_count(model: Any) -> int:
    """Weights that a row is multiplied with; each is a product and a sum."""
    return sum(inputs * outputs for inputs, outputs in products(model))


def inputs(people: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """So many rows, the people over and over."""
    return {name: np.resize(array, (rows, *array.shape[1:])) for name, array in people.items()}
