"""The landmarks of a whole body, put where the network's heat maps have them.

The network tells each landmark twice: as numbers, and as a picture of where it may be. The picture is finer, and is too
large to send (650 KB a person): so what it says is worked in here.
"""

from __future__ import annotations

import numpy as np

from tools.tflite_onnx import convert
from tools.tflite_onnx.graph import Graph, to_bytes
from tools.tflite_onnx.model import Model

SIDE = 256
"""Pixels a side of the picture that callers send."""
LANDMARKS = 39
"""33 of the body, then six by which the next picture of a film is cut out."""
_CELLS = 64
"""Cells a side of a heat map."""
_REACH = 3
"""Cells to each side of a landmark that are looked at."""
_LEAST_HEAT = 0.5
"""Where no cell around it is hotter, a landmark stays where the numbers have it."""


def files(network: Model) -> dict[str, bytes]:
    """``model.onnx``."""
    graph = Graph()
    made = convert.write(network, graph, [graph.input("image", (3, SIDE, SIDE))])
    told = graph.add("Reshape", made["Identity"], graph.integers(-1, LANDMARKS, 5))
    flat, depth, logits = (_columns(graph, told, *span) for span in ((0, 2), (2, 3), (3, 4)))
    moved = refined(graph, flat, made["Identity_3"])
    graph.output("landmarks", graph.add("Concat", moved, depth, axis=2), (LANDMARKS, 3))
    visibility = graph.add("Reshape", graph.add("Sigmoid", logits), graph.integers(-1, LANDMARKS))
    graph.output("visibility", visibility, (LANDMARKS,))
    world = graph.add("Reshape", made["Identity_4"], graph.integers(-1, LANDMARKS, 3))
    graph.output("world", world, (LANDMARKS, 3))
    graph.output("presence", made["Identity_1"], (1,))
    return {"model.onnx": to_bytes(graph.model("pose_landmarks"))}


def refined(graph: Graph, flat: str, logits: str) -> str:
    """(N, 39, 2): landmarks ``flat``, each moved to the middle of the heat around it.

    ``logits`` (N, 39, 64, 64) are the heat maps.
    """
    cells = graph.add("Floor", graph.add("Mul", flat, graph.floats(_CELLS / SIDE)))
    heat = graph.add("Sigmoid", logits)
    columns, rows = (_near(graph, _columns(graph, cells, axis, axis + 1)) for axis in (0, 1))
    across = graph.add("Unsqueeze", columns, graph.integers(2))
    down = graph.add("Unsqueeze", rows, graph.integers(3))
    near = graph.add("Mul", graph.add("Mul", heat, across), down)
    total = graph.add("ReduceSum", near, graph.integers(2, 3), keepdims=0)
    middles = [_middle(graph, near, total, summed) for summed in (2, 3)]
    return graph.add("Where", _is_hot(graph, near, cells), graph.add("Concat", *middles, axis=2), flat)


def _near(graph: Graph, cell: str) -> str:
    """(N, 39, 64): one for the cells within reach of ``cell`` (N, 39, 1), else zero."""
    away = graph.add("Abs", graph.add("Sub", graph.floats(np.arange(_CELLS)), cell))
    return graph.add("Cast", graph.add("LessOrEqual", away, graph.floats(_REACH)), to=1)


def _middle(graph: Graph, heat: str, total: str, summed: int) -> str:
    """(N, 39, 1): where along the other axis the heat's middle lies, in pixels. The network counts cells' corners."""
    profile = graph.add("ReduceSum", heat, graph.integers(summed), keepdims=0)
    places = graph.floats(np.arange(_CELLS) * (SIDE / _CELLS))
    weighted = graph.add("ReduceSum", graph.add("Mul", profile, places), graph.integers(2), keepdims=0)
    # Without any heat there is no middle; such a landmark is not moved.
    there = graph.add("Max", total, graph.floats(np.finfo(np.float32).tiny))
    return graph.add("Unsqueeze", graph.add("Div", weighted, there), graph.integers(2))


def _is_hot(graph: Graph, near: str, cells: str) -> str:
    """(N, 39, 1): whether a landmark lies on its map, and some cell within reach is hot."""
    hottest = graph.add("ReduceMax", graph.add("ReduceMax", near, axes=[3], keepdims=0), axes=[2])
    hot = graph.add("GreaterOrEqual", hottest, graph.floats(_LEAST_HEAT))
    nearest, farthest = (graph.add(kind, cells, axes=[2]) for kind in ("ReduceMin", "ReduceMax"))
    inside = graph.add(
        "And",
        graph.add("GreaterOrEqual", nearest, graph.floats(0)),
        graph.add("Less", farthest, graph.floats(_CELLS)),
    )
    return graph.add("And", hot, inside)


def _columns(graph: Graph, values: str, first: int, last: int) -> str:
    return graph.add("Slice", values, graph.integers(first), graph.integers(last), graph.integers(2))
