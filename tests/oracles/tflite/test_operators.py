"""Each operator, written as ONNX, gives what its own runtime gave: LiteRT, or mediapipe for the face mesh's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from tests.oracles.tflite.cases import CASES, CUSTOM_CASES
from tools.tflite_onnx import convert
from tools.tflite_onnx.graph import Graph, to_bytes
from tools.tflite_onnx.model import Model, read
from tools.tflite_onnx.operators import WRITERS

Arrays = Mapping[str, NDArray[Any]]
ALL = {**CASES, **CUSTOM_CASES}
TOLERANCE = 1e-5
"""Sums of at most 75 products around 1, in another order."""


@pytest.fixture(scope="module")
def recorded() -> Arrays:
    found: dict[str, NDArray[Any]] = {}
    for name in ("litert", "custom"):
        with np.load(Path(__file__).parent / "recorded" / f"{name}.npz") as arrays:
            found |= dict(arrays)
    return found


def onnx(network: Model) -> bytes:
    """The network as it stands, inputs and outputs under the file's names."""
    graph = Graph()
    tensors = [network.tensors[place] for place in network.inputs]
    made = convert.write(
        network, graph, [graph.input(tensor.name, channels_first(tensor.shape)) for tensor in tensors]
    )
    for place in network.outputs:
        tensor = network.tensors[place]
        graph.output(f"{tensor.name}, out", made[tensor.name], channels_first(tensor.shape))
    return to_bytes(graph.model("case"))


def channels_first(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes of a row."""
    return (shape[3], shape[1], shape[2]) if len(shape) == 4 else shape[1:]


def turned(array: NDArray[Any]) -> NDArray[Any]:
    return array.transpose(0, 3, 1, 2) if array.ndim == 4 else array


def run(file: bytes, inputs: Arrays) -> NDArray[Any]:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    made: list[NDArray[Any]] = session.run(None, {name: turned(array) for name, array in inputs.items()})
    return made[0]


@pytest.mark.parametrize("name", ALL)
def test_an_operator_gives_what_the_runtime_gives(name: str, recorded: Arrays) -> None:
    inputs = {own: recorded[f"{name}/{own}"] for own in ALL[name].inputs}
    made = run(onnx(read(recorded[f"{name}/file"].tobytes())), inputs)
    expected = turned(recorded[f"{name}/made"])
    assert made.shape == expected.shape
    assert np.ptp(expected) > 0
    np.testing.assert_allclose(made, expected, atol=TOLERANCE, rtol=TOLERANCE)


def test_each_operator_has_a_case(recorded: Arrays) -> None:
    used = {operator.kind for name in ALL for operator in read(recorded[f"{name}/file"].tobytes()).operators}
    assert used == set(WRITERS)


def test_the_recorded_files_are_those_of_the_cases(recorded: Arrays) -> None:
    for name, case in ALL.items():
        assert recorded[f"{name}/file"].tobytes() == case.file(), f"{name} was recorded before it changed"


def test_the_same_file_gives_the_same_bytes(recorded: Arrays) -> None:
    file = recorded["matrix of landmarks/file"].tobytes()
    assert onnx(read(file)) == onnx(read(file))
