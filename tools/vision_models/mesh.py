"""The face mesh: one picture size for callers, and lips, eyes and irises put where they belong.

In process it is one file. Triton runs the same three parts as a chain, `models/face_mesh/ensemble.json`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tools.tflite_onnx import convert
from tools.tflite_onnx.graph import Graph, to_bytes
from tools.tflite_onnx.model import Model

SIDE = 224
"""Pixels a side of the picture that callers send."""
_NETWORK_SIDE = 192
_POINTS = 468
_LIPS, _LEFT_EYE, _RIGHT_EYE, _IRIS = 80, 71, 71, 5
_LID_POINTS = 16
"""The first points of an eye are its lids' edge. The network gives an iris no depth: it gets theirs."""

_PARTS = {
    "mesh": ("output_mesh_identity", (_POINTS, 3)),
    "lips": ("output_lips", (_LIPS, 2)),
    "left_eye": ("output_left_eye", (_LEFT_EYE, 2)),
    "right_eye": ("output_right_eye", (_RIGHT_EYE, 2)),
    "left_iris": ("output_left_iris", (_IRIS, 2)),
    "right_iris": ("output_right_iris", (_IRIS, 2)),
    "presence_logit": ("conv_faceflag", (1,)),
}
"""The network's outputs: our name, its own, sizes of a row. Its left is the picture's."""


def files(network: Model) -> dict[str, bytes]:
    """``model.onnx``, and its parts for the chain: ``resize.onnx``, ``network.onnx``, ``refinement.onnx``."""
    regions = _regions(network)
    whole = Graph()
    small = _resize(whole, whole.input("image", (3, SIDE, SIDE)))
    _refine(whole, _run(whole, network, small), regions)
    return {
        "model.onnx": to_bytes(whole.model("face_mesh")),
        "resize.onnx": _resize_alone(),
        "network.onnx": _network_alone(network),
        "refinement.onnx": _refinement_alone(regions),
    }


def _resize_alone() -> bytes:
    graph = Graph()
    small = _resize(graph, graph.input("image", (3, SIDE, SIDE)))
    graph.output("small", small, (3, _NETWORK_SIDE, _NETWORK_SIDE))
    return to_bytes(graph.model("face_mesh_resize"))


def _network_alone(network: Model) -> bytes:
    graph = Graph()
    made = _run(graph, network, graph.input("small", (3, _NETWORK_SIDE, _NETWORK_SIDE)))
    for name, (_, sizes) in _PARTS.items():
        graph.output(name, made[name], sizes)
    return to_bytes(graph.model("face_mesh_network"))


def _refinement_alone(regions: Mapping[str, list[int]]) -> bytes:
    graph = Graph()
    _refine(graph, {name: graph.input(name, sizes) for name, (_, sizes) in _PARTS.items()}, regions)
    return to_bytes(graph.model("face_mesh_refinement"))


def _regions(network: Model) -> dict[str, list[int]]:
    """Which of the mesh's points the network's lips and eyes are; its own operators say so, in this order."""
    told = [
        operator.options["subset_idxs"]
        for operator in network.operators
        if operator.kind == "Landmarks2TransformMatrix"
    ]
    return dict(zip(("lips", "left_eye", "right_eye"), told, strict=True))


def _resize(graph: Graph, image: str) -> str:
    scale = _NETWORK_SIDE / SIDE
    return graph.add(
        "Resize",
        image,
        "",
        graph.floats([1, 1, scale, scale]),
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )


def _run(graph: Graph, network: Model, small: str) -> dict[str, str]:
    made = convert.write(network, graph, [small])
    return {
        name: graph.add("Reshape", made[own], graph.integers(-1, *sizes))
        for name, (own, sizes) in _PARTS.items()
    }


def _refine(graph: Graph, parts: Mapping[str, str], regions: Mapping[str, list[int]]) -> None:
    """Declare ``landmarks``, ``iris`` and ``presence``: finer points replace the mesh's in x and y, depth stays."""
    positions = graph.add("Slice", parts["mesh"], *_columns(graph, 0, 2))
    depths = graph.add("Slice", parts["mesh"], *_columns(graph, 2, 3))
    candidates = graph.add("Concat", positions, *(parts[name] for name in regions), axis=1)
    refined = graph.add("Gather", candidates, graph.integers(*_sources(regions)), axis=1)
    landmarks = graph.add("Concat", refined, depths, axis=2)
    irises = [
        _iris(graph, parts[f"{side}_iris"], depths, regions[f"{side}_eye"]) for side in ("left", "right")
    ]
    scale = graph.floats(SIDE / _NETWORK_SIDE)
    graph.output("landmarks", graph.add("Mul", landmarks, scale), (_POINTS, 3))
    graph.output("iris", graph.add("Mul", graph.add("Concat", *irises, axis=1), scale), (2 * _IRIS, 3))
    graph.output("presence", graph.add("Sigmoid", parts["presence_logit"]), (1,))


def _sources(regions: Mapping[str, list[int]]) -> list[int]:
    """For each point of the mesh, its place among the candidates: the mesh, then the regions one after another."""
    sources = np.arange(_POINTS)
    start = _POINTS
    for points in regions.values():
        sources[points] = np.arange(start, start + len(points))
        start += len(points)
    return sources.tolist()


def _iris(graph: Graph, positions: str, depths: str, eye: list[int]) -> str:
    lids = graph.add("Gather", depths, graph.integers(*eye[:_LID_POINTS]), axis=1)
    depth = graph.add("ReduceMean", lids, axes=[1])
    return graph.add(
        "Concat", positions, graph.add("Gather", depth, graph.integers(*[0] * _IRIS), axis=1), axis=2
    )


def _columns(graph: Graph, first: int, last: int) -> tuple[str, str, str]:
    """Slice's begin, end and axis."""
    return graph.integers(first), graph.integers(last), graph.integers(2)
