"""Operators that move numbers: padding, shapes, joining, resizing."""

from __future__ import annotations

import numpy as np

from tools.tflite_onnx.model import Operator
from tools.tflite_onnx.translation import AXES, Translation
from tools.tflite_onnx.unsupported import Unsupported

_PICTURE = len(AXES)
_TO_CHANNELS_LAST = (0, 2, 3, 1)
_TO_CHANNELS_FIRST = (0, 3, 1, 2)


def concatenation(operator: Operator, to: Translation) -> None:
    """Join along one axis."""
    axes = len(to.shape(operator.outputs[0]))
    axis = operator.options["axis"] % axes
    joined = to.graph.add(
        "Concat", *map(to.value, operator.inputs), axis=AXES[axis] if axes == _PICTURE else axis
    )
    to.let(operator.outputs[0], joined, operator.options["activation"])


def depth_to_space(operator: Operator, to: Translation) -> None:
    """Groups of channels become blocks of pixels."""
    spread = to.graph.add(
        "DepthToSpace", to.value(operator.inputs[0]), blocksize=operator.options["block"], mode="DCR"
    )
    to.let(operator.outputs[0], spread)


def pad(operator: Operator, to: Translation) -> None:
    """Zeros around a picture, or after its channels."""
    picture, amounts = operator.inputs
    before, after = to.constant(amounts)[list(_TO_CHANNELS_FIRST)].T.tolist()
    padded = to.graph.add("Pad", to.value(picture), to.graph.integers(*before, *after))
    to.let(operator.outputs[0], padded)


def reshape(operator: Operator, to: Translation) -> None:
    """Another shape for the same numbers, in the file's order; the first axis stays the rows."""
    taken, made = to.shape(operator.inputs[0]), to.shape(operator.outputs[0])
    value = to.value(operator.inputs[0])
    if taken[0] != 1 or made[0] != 1:
        raise Unsupported("a reshape across rows")
    if len(taken) == _PICTURE:
        value = to.graph.add("Transpose", value, perm=_TO_CHANNELS_LAST)
    value = to.graph.add("Reshape", value, to.graph.integers(-1, *made[1:]))
    if len(made) == _PICTURE:
        value = to.graph.add("Transpose", value, perm=_TO_CHANNELS_FIRST)
    to.let(operator.outputs[0], value)


def resize_bilinear(operator: Operator, to: Translation) -> None:
    """A picture of another size, without smoothing."""
    if operator.options["align_corners"]:
        raise Unsupported("a resize that aligns corners")
    taken, made = (np.array(to.shape(tensor)[1:3]) for tensor in (operator.inputs[0], operator.outputs[0]))
    resized = to.graph.add(
        "Resize",
        to.value(operator.inputs[0]),
        "",
        to.graph.floats([1, 1, *(made / taken)]),
        mode="linear",
        coordinate_transformation_mode="half_pixel"
        if operator.options["half_pixel_centers"]
        else "asymmetric",
    )
    to.let(operator.outputs[0], resized)


def strided_slice(operator: Operator, to: Translation) -> None:
    """A part of a tensor; only the whole of it is known here."""
    if to.shape(operator.inputs[0]) != to.shape(operator.outputs[0]):
        raise Unsupported("a slice that leaves something out")
    to.let(operator.outputs[0], to.value(operator.inputs[0]))
