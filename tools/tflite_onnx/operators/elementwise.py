"""Operators that treat each number by itself."""

from __future__ import annotations

import numpy as np

from tools.tflite_onnx.model import Operator
from tools.tflite_onnx.translation import Translation


def add(operator: Operator, to: Translation) -> None:
    """Sum of two tensors."""
    _both("Add", operator, to)


def multiply(operator: Operator, to: Translation) -> None:
    """Product of two tensors."""
    _both("Mul", operator, to)


def relu(operator: Operator, to: Translation) -> None:
    """Negative numbers become zero."""
    to.let(operator.outputs[0], to.graph.add("Relu", to.value(operator.inputs[0])))


def logistic(operator: Operator, to: Translation) -> None:
    """The probability that belongs to a logit."""
    to.let(operator.outputs[0], to.graph.add("Sigmoid", to.value(operator.inputs[0])))


def leaky_relu(operator: Operator, to: Translation) -> None:
    """Negative numbers are multiplied by a slope, one for each channel.

    Written as slope * x + (1 - slope) * relu(x). ONNX has PRelu, but onnxruntime has no kernel for it in its blocked
    layout of channels: before and after each the whole picture was laid out anew, and the network took twice as long.
    """
    graph, x = to.graph, to.value(operator.inputs[0])
    slope = to.constant(operator.inputs[1]).reshape(1, -1, 1, 1)
    straight = graph.add("Mul", x, graph.floats(slope))
    bent = graph.add("Mul", graph.add("Relu", x), graph.floats(np.float32(1) - slope))
    to.let(operator.outputs[0], graph.add("Add", straight, bent))


def _both(kind: str, operator: Operator, to: Translation) -> None:
    left, right = operator.inputs
    made = to.graph.add(kind, to.value(left), to.value(right))
    to.let(operator.outputs[0], made, operator.options["activation"])
