"""The three custom operators of the face mesh that looks at lips and eyes once more.

A matrix is [N,4,4] and takes points of a region's own picture, in pixels of it, to pixels of the picture that the
region is cut from. Both are measured from the corner of the first pixel. Points are rows, [N,points,2].
"""

from __future__ import annotations

import numpy as np

from tools.tflite_onnx.graph import Graph
from tools.tflite_onnx.model import Operator
from tools.tflite_onnx.translation import Translation
from tools.tflite_onnx.unsupported import Unsupported

_SHORTEST_LINE = 1e-6
"""A line has a direction from this length on; pictures without a face must not divide by zero."""

_FAR_OUTSIDE = 9.0
"""Where GridSample finds nothing, whatever the picture's size."""


def matrix_of_landmarks(operator: Operator, to: Translation) -> None:
    """The box around some landmarks, turned so that the line between two of them is level, and larger by a factor."""
    options, graph = operator.options, to.graph
    if options["target_rotation_radians"]:
        raise Unsupported("a region whose line is not level")
    picture = np.array([options["output_width"], options["output_height"]], np.float32)
    scale = np.array([options["scale_x"], options["scale_y"]], np.float32)
    landmarks = to.value(operator.inputs[0])
    turn = _turn(graph, landmarks, options["left_rotation_idx"], options["right_rotation_idx"])
    level = graph.add("MatMul", _points(graph, landmarks, options["subset_idxs"]), turn)
    largest = graph.add("ReduceMax", level, axes=[1])
    smallest = graph.add("ReduceMin", level, axes=[1])
    middle = graph.add("Mul", graph.add("Add", largest, smallest), graph.floats(0.5))
    step = graph.add("Mul", graph.add("Sub", largest, smallest), graph.floats(scale / picture))
    corner = graph.add("Sub", middle, graph.add("Mul", step, graph.floats(picture / 2)))
    linear = graph.add("Mul", turn, step)
    shift = graph.add("MatMul", turn, graph.add("Transpose", corner, perm=[0, 2, 1]))
    to.let(operator.outputs[0], _matrix(graph, linear, shift))


def transform_landmarks(operator: Operator, to: Translation) -> None:
    """Points of a region's picture, as points of the whole one."""
    points, matrix = operator.inputs
    if to.shape(points)[2] != 2:
        raise Unsupported("points with a depth")
    to.let(operator.outputs[0], _transform(to.graph, to.value(points), to.value(matrix)))


def transform_picture(operator: Operator, to: Translation) -> None:
    """The region's picture: each pixel's middle is looked up between the middles of four pixels.

    Where there are no four, it is zero; half way out it is not half of the edge, as GridSample alone would have it.
    """
    graph = to.graph
    whole, matrix = operator.inputs
    size = np.array(to.shape(whole)[2:0:-1], np.float32)
    region_height, region_width = to.shape(operator.outputs[0])[1:3]
    y, x = np.mgrid[:region_height, :region_width] + 0.5
    middles = graph.floats(np.stack([x.ravel(), y.ravel()], axis=1)[None])
    found = _transform(graph, middles, to.value(matrix))
    from_middle = graph.add("Sub", found, graph.floats(size / 2))
    outside = graph.add("Greater", graph.add("Abs", from_middle), graph.floats((size - 1) / 2))
    # GridSample's -1 and 1 are the outer borders of the picture.
    unit = graph.add("Mul", from_middle, graph.floats(2 / size))
    far = graph.add("Where", outside, graph.floats(_FAR_OUTSIDE), unit)
    grid = graph.add("Reshape", far, graph.integers(-1, region_height, region_width, 2))
    cut = graph.add(
        "GridSample", to.value(whole), grid, mode="bilinear", padding_mode="zeros", align_corners=0
    )
    to.let(operator.outputs[0], cut)


def _points(graph: Graph, landmarks: str, chosen: list[int]) -> str:
    """x and y of some landmarks."""
    found = graph.add("Gather", landmarks, graph.integers(*chosen), axis=1)
    return graph.add("Slice", found, graph.integers(0), graph.integers(2), graph.integers(2))


def _turn(graph: Graph, landmarks: str, left: int, right: int) -> str:
    """The rotation [N,2,2] that makes a level line as steep as the one from ``left`` to ``right``."""
    line = graph.add("Sub", _points(graph, landmarks, [right]), _points(graph, landmarks, [left]))
    length = graph.add("Max", graph.add("ReduceL2", line, axes=[2]), graph.floats(_SHORTEST_LINE))
    direction = graph.add("Div", line, length)
    cosine_minus_sine = graph.add("Mul", direction, graph.floats([1, -1]))
    sine_cosine = graph.add("Gather", direction, graph.integers(1, 0), axis=2)
    return graph.add("Concat", cosine_minus_sine, sine_cosine, axis=1)


def _matrix(graph: Graph, linear: str, shift: str) -> str:
    """[N,4,4] of ``linear`` [N,2,2] and ``shift`` [N,2,1]; depth and the fourth row stay as they are."""
    rows, columns = np.eye(4, 2), np.eye(4)[[0, 1, 3]]
    affine = graph.add("Concat", linear, shift, axis=2)
    placed = graph.add("MatMul", graph.add("MatMul", graph.floats(rows), affine), graph.floats(columns))
    return graph.add("Add", placed, graph.floats(np.diag([0, 0, 1, 1])))


def _transform(graph: Graph, points: str, matrix: str) -> str:
    columns = graph.add("Transpose", matrix, perm=[0, 2, 1])
    linear, shift = (
        graph.add("Slice", columns, graph.integers(first, 0), graph.integers(last, 2), graph.integers(1, 2))
        for first, last in ((0, 2), (3, 4))
    )
    return graph.add("Add", graph.add("MatMul", points, linear), shift)
