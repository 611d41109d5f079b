"""A TensorFlow Lite graph on its way into an ONNX graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from tools.tflite_onnx.graph import Graph
from tools.tflite_onnx.model import Model
from tools.tflite_onnx.unsupported import Unsupported

AXES = {0: 0, 1: 2, 2: 3, 3: 1}
"""Where each axis of a picture in rows, height, width, channels goes to."""
_TO_CHANNELS_FIRST = (0, 3, 1, 2)
_NONE, _RELU, _RELU_TO_6 = 0, 1, 3


class Translation:
    """Which value of the ONNX graph each tensor has become. Tensors of four axes are pictures: channels come first."""

    def __init__(self, model: Model, graph: Graph, inputs: Sequence[str]) -> None:
        self.graph = graph
        self._tensors = model.tensors
        self._values = dict(zip(model.inputs, inputs, strict=True))
        self._constants: dict[int, NDArray[Any]] = {
            number: tensor.data for number, tensor in enumerate(model.tensors) if tensor.data is not None
        }

    def shape(self, tensor: int) -> tuple[int, ...]:
        """As in the file: rows, height, width, channels for pictures."""
        return self._tensors[tensor].shape

    def constant(self, tensor: int) -> NDArray[Any]:
        """The numbers of a constant, laid out as in the file. Unsupported where it is none."""
        if tensor not in self._constants:
            raise Unsupported(f"{self._tensors[tensor].name} is not a constant")
        return self._constants[tensor]

    def fold(self, tensor: int, values: NDArray[Any]) -> None:
        """``tensor`` is a constant that an operator makes of others."""
        self._constants[tensor] = values

    def value(self, tensor: int) -> str:
        """The tensor's value in the ONNX graph; a constant is written there at its first use."""
        if tensor not in self._values:
            data = self.constant(tensor)
            self._values[tensor] = self.graph.floats(
                data.transpose(_TO_CHANNELS_FIRST) if data.ndim == len(AXES) else data
            )
        return self._values[tensor]

    def let(self, tensor: int, value: str, activation: int = 0) -> None:
        """``tensor`` is ``value`` after the activation that its operator includes."""
        if activation not in (_NONE, _RELU, _RELU_TO_6):
            raise Unsupported(f"activation {activation}")
        if activation == _RELU_TO_6:
            value = self.graph.add("Clip", value, self.graph.floats(0.0), self.graph.floats(6.0))
        self._values[tensor] = self.graph.add("Relu", value) if activation == _RELU else value
