"""Operators on constants alone: what they make is known when the file is converted."""

from __future__ import annotations

import numpy as np

from tools.tflite_onnx.model import Operator
from tools.tflite_onnx.translation import Translation


def dequantize(operator: Operator, to: Translation) -> None:
    """Half precision to single, which loses nothing."""
    to.fold(operator.outputs[0], to.constant(operator.inputs[0]).astype(np.float32))


def densify(operator: Operator, to: Translation) -> None:
    """Sparse to dense; reading the file has done it."""
    to.fold(operator.outputs[0], to.constant(operator.inputs[0]))
