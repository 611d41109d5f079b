"""One small file for each operator that the converter knows, in every form in which the vision networks use it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.oracles.tflite.writing import Constant, Scalar, Step, model, sparse

SAME, VALID = 0, 1
NONE, RELU, RELU_TO_6 = 0, 1, 3

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """A file with inputs x, and y where there are two; the last step makes its output."""

    inputs: Mapping[str, Shape]
    steps: Sequence[Step]
    constants: Mapping[str, Constant]

    def file(self) -> bytes:
        return model(self.inputs, self.constants, self.steps, list(self.steps[-1].outputs))


def _numbers(*shape: int, seed: int = 1, dtype: Any = np.float32) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def _case(step: Step, constants: Mapping[str, np.ndarray | Constant] | None = None, **inputs: Shape) -> Case:
    made = {
        name: each if isinstance(each, Constant) else Constant(each)
        for name, each in (constants or {}).items()
    }
    return Case(inputs, [step], made)


def _window(padding: int, stride: tuple[int, int], first_free: int, **more: int) -> dict[int, Scalar]:
    """Padding, stride across and down, and from ``first_free`` on what the operator adds."""
    told = {0: Scalar("b", padding), 1: Scalar("i", stride[1]), 2: Scalar("i", stride[0])}
    return told | {first_free + place: Scalar("i", value) for place, value in enumerate(more.values())}


def _convolution(
    padding: int, stride: tuple[int, int], size: Shape, made: Shape, kernel: int = 3, activation: int = NONE
) -> Case:
    constants = {"w": _numbers(made[-1], kernel, kernel, size[-1]), "b": _numbers(made[-1])}
    options = _window(padding, stride, 4, across=1, down=1) | {3: Scalar("b", activation)}
    return _case(Step(3, ["x", "w", "b"], {"made": made}, options, 1), constants, x=size)


def _depthwise(
    padding: int, stride: tuple[int, int], size: Shape, made: Shape, activation: int = NONE
) -> Case:
    constants = {"w": _numbers(1, 3, 3, size[-1]), "b": _numbers(size[-1])}
    options = _window(padding, stride, 5, across=1, down=1) | {3: Scalar("i", 1), 4: Scalar("b", activation)}
    return _case(Step(4, ["x", "w", "b"], {"made": made}, options, 2), constants, x=size)


def _add(activation: int) -> Case:
    size = (1, 3, 4, 2)
    return _case(Step(0, ["x", "y"], {"made": size}, {0: Scalar("b", activation)}, 11), x=size, y=size)


def _max_pool(padding: int, size: Shape, made: Shape) -> Case:
    options = _window(padding, (2, 2), 3, across=2, down=2) | {5: Scalar("b", NONE)}
    return _case(Step(17, ["x"], {"made": made}, options, 5), x=size)


def _pad(amounts: list[list[int]], size: Shape, made: Shape) -> Case:
    return _case(Step(34, ["x", "p"], {"made": made}), {"p": np.array(amounts, np.int32)}, x=size)


def _reshape(size: Shape, made: Shape) -> Case:
    return _case(Step(22, ["x", "s"], {"made": made}), {"s": np.array(made, np.int32)}, x=size)


def _concatenation(axis: int, sizes: tuple[Shape, Shape], made: Shape) -> Case:
    options = {0: Scalar("i", axis), 1: Scalar("b", NONE)}
    return _case(Step(2, ["x", "y"], {"made": made}, options, 10), x=sizes[0], y=sizes[1])


def _resize(half_pixel_centers: int) -> Case:
    options = {2: Scalar("b", 0), 3: Scalar("b", half_pixel_centers)}
    step = Step(23, ["x", "s"], {"made": (1, 8, 6, 2)}, options, 15)
    return _case(step, {"s": np.array([8, 6], np.int32)}, x=(1, 4, 3, 2))


def _of_constant(code: int, constant: Constant) -> Case:
    """What an operator makes of a constant, added to x so that a run makes it too."""
    shape = constant.shape or constant.data.shape
    steps = [
        Step(code, ["c"], {"opened": shape}),
        Step(0, ["x", "opened"], {"made": shape}, {0: Scalar("b", NONE)}, 11),
    ]
    return Case({"x": shape}, steps, {"c": constant})


def _sparse() -> Constant:
    """Weights of which two thirds are zero."""
    whole = _numbers(1, 6, 1, 9)
    whole[np.random.default_rng(2).random(whole.shape) < 2 / 3] = 0
    return sparse(whole)


def _slice() -> Case:
    bounds = {
        name: np.array(row, np.int32) for name, row in {"b": [0] * 4, "e": [1, 1, 1, 6], "s": [1] * 4}.items()
    }
    options = {field: Scalar("i", 0) for field in range(5)}
    return _case(Step(45, ["x", "b", "e", "s"], {"made": (1, 1, 1, 6)}, options, 32), bounds, x=(1, 1, 1, 6))


def _custom(side: int, *steps: Step, **constants: np.ndarray) -> Case:
    """Custom operators on a square picture x; x and what the last one makes come out as one list."""
    made = steps[-1].outputs["made"]
    counts = (3 * side * side, int(np.prod(made)))
    joined = {0: Scalar("i", 1), 1: Scalar("b", NONE)}
    ends = [
        Step(22, ["x", "size of x"], {"flat x": (1, counts[0])}),
        Step(22, ["made", "size of made"], {"flat made": (1, counts[1])}),
        Step(2, ["flat x", "flat made"], {"all": (1, sum(counts))}, joined, 10),
    ]
    constants |= {"size of x": _size(1, counts[0]), "size of made": _size(1, counts[1])}
    held = {name: Constant(array) for name, array in constants.items()}
    return Case({"x": (1, side, side, 3)}, [*steps, *ends], held)


def _size(*shape: int) -> np.ndarray:
    return np.array(shape, np.int32)


def _points(shape: Shape) -> Step:
    """The numbers of x as points; their shape is the constant ``shape``."""
    return Step(22, ["x", "shape"], {"points": shape})


_PIXELS = Step(18, ["points", "scale"], {"pixels": (1, 64, 3)}, {0: Scalar("b", NONE)}, 21)
_MATRIX = Step(
    "Landmarks2TransformMatrix",
    ["pixels"],
    {"made": (1, 4, 4)},
    custom={
        "left_rotation_idx": 3,
        "right_rotation_idx": 40,
        "subset_idxs": [1, 5, 9, 20, 33, 60],
        "target_rotation_radians": 0.0,
        "output_width": 7,
        "output_height": 5,
        "scale_x": 1.5,
        "scale_y": 1.25,
    },
)
_PICTURE = Step(
    "TransformTensorBilinear",
    ["x", "m"],
    {"made": (1, 5, 7, 3)},
    custom={"output_width": 7, "output_height": 5},
)

CUSTOM_CASES: Mapping[str, Case] = {
    "matrix of landmarks": _custom(
        8, _points((1, 64, 3)), _PIXELS, _MATRIX, shape=_size(1, 64, 3), scale=np.array([8], np.float32)
    ),
    "transformed landmarks": _custom(
        4,
        _points((1, 24, 2)),
        Step("TransformLandmarks", ["points", "m"], {"made": (1, 24, 2)}),
        shape=_size(1, 24, 2),
        m=_numbers(1, 4, 4),
    ),
    "transformed picture": _custom(
        8,
        _points((1, 64, 3)),
        _PIXELS,
        dataclasses.replace(_MATRIX, outputs={"m": (1, 4, 4)}),
        _PICTURE,
        shape=_size(1, 64, 3),
        scale=np.array([8], np.float32),
    ),
}
"""The face mesh's own operators, which mediapipe alone can run: from a picture to one list of numbers."""

CASES: Mapping[str, Case] = {
    "add": _add(NONE),
    "add, relu": _add(RELU),
    "add, relu to 6": _add(RELU_TO_6),
    "concatenation of lists": _concatenation(1, ((1, 5, 2), (1, 3, 2)), (1, 8, 2)),
    "concatenation of channels": _concatenation(3, ((1, 2, 3, 2), (1, 2, 3, 4)), (1, 2, 3, 6)),
    "convolution": _convolution(SAME, (1, 1), (1, 5, 4, 2), (1, 5, 4, 3)),
    "convolution, stride 2, odd": _convolution(SAME, (2, 2), (1, 7, 5, 2), (1, 4, 3, 3)),
    "convolution, stride 2, even": _convolution(SAME, (2, 2), (1, 8, 6, 2), (1, 4, 3, 3)),
    "convolution, valid": _convolution(VALID, (3, 3), (1, 6, 6, 2), (1, 2, 2, 3)),
    "convolution, 5 x 5": _convolution(SAME, (2, 2), (1, 8, 8, 2), (1, 4, 4, 3), kernel=5),
    "convolution, one pixel, relu": _convolution(VALID, (1, 1), (1, 3, 4, 5), (1, 3, 4, 2), 1, RELU),
    "convolution, relu to 6": _convolution(SAME, (1, 1), (1, 5, 4, 9), (1, 5, 4, 3), 3, RELU_TO_6),
    "convolution, stride across": _convolution(SAME, (1, 2), (1, 5, 6, 2), (1, 5, 3, 3)),
    "densify": _of_constant(124, _sparse()),
    "depth to space": _case(Step(5, ["x"], {"made": (1, 6, 4, 2)}, {0: Scalar("i", 2)}, 94), x=(1, 3, 2, 8)),
    "depthwise convolution": _depthwise(SAME, (1, 1), (1, 5, 4, 3), (1, 5, 4, 3)),
    "depthwise convolution, stride 2, odd": _depthwise(SAME, (2, 2), (1, 7, 5, 3), (1, 4, 3, 3)),
    "depthwise convolution, stride 2, even": _depthwise(SAME, (2, 2), (1, 8, 6, 3), (1, 4, 3, 3)),
    "depthwise convolution, valid": _depthwise(VALID, (2, 2), (1, 7, 7, 3), (1, 3, 3, 3)),
    "depthwise convolution, relu to 6": _depthwise(SAME, (1, 1), (1, 5, 4, 3), (1, 5, 4, 3), RELU_TO_6),
    "dequantize": _of_constant(6, Constant(_numbers(1, 2, 3, 4, dtype=np.float16))),
    "logistic": _case(Step(14, ["x"], {"made": (1, 3, 4, 2)}), x=(1, 3, 4, 2)),
    "max pool": _max_pool(SAME, (1, 4, 6, 2), (1, 2, 3, 2)),
    "max pool, odd": _max_pool(SAME, (1, 5, 3, 2), (1, 3, 2, 2)),
    "max pool, valid": _max_pool(VALID, (1, 5, 4, 2), (1, 2, 2, 2)),
    "mul": _case(
        Step(18, ["x", "c"], {"made": (1, 4, 4)}, {0: Scalar("b", NONE)}, 21),
        {"c": _numbers(1, 4, 4)},
        x=(1, 4, 4),
    ),
    "pad": _pad([[0, 0], [0, 1], [2, 1], [0, 0]], (1, 3, 2, 2), (1, 4, 5, 2)),
    "pad of channels": _pad([[0, 0], [0, 0], [0, 0], [0, 3]], (1, 3, 2, 2), (1, 3, 2, 5)),
    "prelu": _case(Step(54, ["x", "a"], {"made": (1, 3, 4, 5)}), {"a": _numbers(1, 1, 5)}, x=(1, 3, 4, 5)),
    "relu": _case(Step(19, ["x"], {"made": (1, 3, 4, 2)}), x=(1, 3, 4, 2)),
    "reshape of a picture": _reshape((1, 3, 4, 6), (1, 24, 3)),
    "reshape of a vector": _reshape((1, 1, 1, 12), (1, 4, 3)),
    "reshape to a picture": _reshape((1, 6, 4), (1, 3, 2, 4)),
    "resize": _resize(0),
    "resize, half pixel centers": _resize(1),
    "strided slice": _slice(),
}
