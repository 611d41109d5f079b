"""Windows that slide over a picture."""

from __future__ import annotations

from typing import Any

from tools.tflite_onnx.model import Operator
from tools.tflite_onnx.translation import Translation
from tools.tflite_onnx.unsupported import Unsupported

_SAME = 0


def convolution(operator: Operator, to: Translation) -> None:
    """Weights lie as output, height, width, input channels."""
    _convolve(operator, to, (0, 3, 1, 2), 1)


def depthwise_convolution(operator: Operator, to: Translation) -> None:
    """One filter a channel; weights lie as one, height, width, channels."""
    _convolve(operator, to, (3, 0, 1, 2), to.shape(operator.inputs[0])[3])


def max_pool(operator: Operator, to: Translation) -> None:
    """The largest of each window; what lies outside the picture counts as smaller than all."""
    options = operator.options
    kernel = (options["filter_h"], options["filter_w"])
    pooled = to.graph.add("MaxPool", to.value(operator.inputs[0]), **_windows(operator, to, kernel))
    to.let(operator.outputs[0], pooled, options["activation"])


def _convolve(operator: Operator, to: Translation, order: tuple[int, int, int, int], groups: int) -> None:
    picture, weights, bias = operator.inputs
    filters = to.constant(weights).transpose(order)
    windows = _windows(operator, to, filters.shape[2:])
    convolved = to.graph.add(
        "Conv",
        to.value(picture),
        to.graph.floats(filters),
        to.graph.floats(to.constant(bias)),
        group=groups,
        **windows,
    )
    to.let(operator.outputs[0], convolved, operator.options["activation"])


def _windows(operator: Operator, to: Translation, kernel: tuple[int, ...]) -> dict[str, Any]:
    """ONNX's words for size, stride and padding of the window."""
    options = operator.options
    strides = (options["stride_h"], options["stride_w"])
    if (options.get("dilation_h", 1), options.get("dilation_w", 1)) != (1, 1):
        raise Unsupported("a window with gaps")
    before, after = [0, 0], [0, 0]
    if options["padding"] == _SAME:
        sizes = zip(to.shape(operator.inputs[0])[1:3], to.shape(operator.outputs[0])[1:3], strict=True)
        for axis, (taken, made) in enumerate(sizes):
            # As the runtime does it: an odd zero comes after.
            missing = max((made - 1) * strides[axis] + kernel[axis] - taken, 0)
            before[axis], after[axis] = missing // 2, missing - missing // 2
    return {"kernel_shape": kernel, "strides": strides, "pads": [*before, *after]}
