"""What a Triton server sends, held against what its model declares."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tritonclient.utils import triton_to_np_dtype

from atelierkit.inference.port import ModelOutputInvalid


@dataclass(frozen=True)
class Tensor:
    """A tensor as a model declares it."""

    datatype: str
    """In Triton's words, e.g. ``FP32``."""
    shape: tuple[int, ...]
    """Batch first; -1 is any size."""

    def zeros(self) -> NDArray[Any]:
        """One row; free sizes are 1."""
        return np.zeros([1, *(max(1, size) for size in self.shape[1:])], triton_to_np_dtype(self.datatype))

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether an array of that shape may be this tensor; the number of rows is free."""
        return len(shape) == len(self.shape) and all(
            declared in (-1, size) for declared, size in zip(self.shape[1:], shape[1:], strict=True)
        )


@dataclass(frozen=True)
class Declared:
    """A model's inputs and outputs by name."""

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]

    @classmethod
    def of(cls, metadata: Any) -> Declared:
        """From a ModelMetadataResponse."""
        return cls(_tensors(metadata.inputs), _tensors(metadata.outputs))

    def arrays(self, model: str, response: Any) -> dict[str, NDArray[Any]]:
        """The arrays of a ModelInferResponse. ModelOutputInvalid unless they are those that the model declares."""
        if len(response.raw_output_contents) != len(response.outputs):
            raise ModelOutputInvalid("the model answered tensors without their numbers", model=model)
        arrays = {
            sent.name: self._array(model, sent, raw)
            for sent, raw in zip(response.outputs, response.raw_output_contents, strict=True)
        }
        if arrays.keys() != self.outputs.keys():
            raise ModelOutputInvalid("the model did not answer all that it declares", model=model)
        return arrays

    def _array(self, model: str, sent: Any, raw: bytes) -> NDArray[Any]:
        declared = self.outputs.get(sent.name)
        shape = tuple(sent.shape)
        if declared is None or sent.datatype != declared.datatype or not declared.fits(shape):
            raise ModelOutputInvalid("the model answered another tensor than it declares", model=model)
        dtype = np.dtype(triton_to_np_dtype(declared.datatype))
        if len(raw) != math.prod(shape) * dtype.itemsize:
            raise ModelOutputInvalid("the model's answer is cut off", model=model, output=sent.name)
        return np.frombuffer(raw, dtype).reshape(shape)


def _tensors(items: Iterable[Any]) -> dict[str, Tensor]:
    return {item.name: Tensor(item.datatype, tuple(item.shape)) for item in items}
