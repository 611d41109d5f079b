"""The networks' inputs and outputs as the platform names them (ADR 0012)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.tflite_onnx import convert
from tools.tflite_onnx.graph import Graph, to_bytes
from tools.tflite_onnx.model import Model
from tools.vision_models import mesh, pose

Files = dict[str, bytes]
"""Contents of a model's files by name."""


def detector(name: str, network: Model, boxes: str, scores: str) -> Files:
    """A detector's anchors, each with a box, some points and a score; the picture's values lie in -1..1."""
    graph = Graph()
    side = network.tensors[network.inputs[0]].shape[1]
    sizes = {network.tensors[tensor].name: network.tensors[tensor].shape[1:] for tensor in network.outputs}
    made = convert.write(network, graph, [graph.input("image", (3, side, side))])
    graph.output("boxes", made[boxes], sizes[boxes])
    graph.output("scores", made[scores], sizes[scores])
    return {"model.onnx": to_bytes(graph.model(name))}


CONTRACTS: Mapping[str, Callable[[Model], Files]] = {
    "face_detector_short": lambda network: detector(
        "face_detector_short", network, "regressors", "classificators"
    ),
    "face_detector_full": lambda network: detector("face_detector_full", network, "Identity", "Identity_1"),
    "face_mesh": mesh.files,
    "pose_detector": lambda network: detector("pose_detector", network, "Identity", "Identity_1"),
    "pose_landmarks": pose.files,
}
"""What makes each model's files of its network."""
