"""Files are read as they were written, and what the converter does not know is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numbers

from tests.oracles.tflite.cases import CASES
from tests.oracles.tflite.writing import Constant, Scalar, Step, model, sparse
from tools.tflite_onnx import convert
from tools.tflite_onnx.graph import Graph
from tools.tflite_onnx.model import read
from tools.tflite_onnx.unsupported import Unsupported

RELU = Step(19, ["x"], {"made": (1, 2, 2, 3)})


def _convert(*steps: Step, **constants: Constant) -> None:
    """Steps from a picture x to the last one's output."""
    file = model({"x": (1, 2, 2, 3)}, constants, steps, list(steps[-1].outputs))
    graph = Graph()
    convert.write(read(file), graph, [graph.input("x", (3, 2, 2))])


def test_names_shapes_options_and_numbers_come_back() -> None:
    network = read(CASES["convolution, stride 2, odd"].file())
    [step] = network.operators
    tensors = {tensor.name: tensor for tensor in network.tensors}
    assert step.kind == "CONV_2D"
    assert step.options == {
        "padding": 0, "stride_w": 2, "stride_h": 2, "activation": 0, "dilation_w": 1, "dilation_h": 1,
    }  # fmt: skip
    assert [network.tensors[place].name for place in step.inputs] == ["x", "w", "b"]
    assert tensors["x"].shape == (1, 7, 5, 2)
    assert tensors["x"].data is None
    assert tensors["w"].data is not None
    np.testing.assert_array_equal(tensors["w"].data, CASES["convolution, stride 2, odd"].constants["w"].data)


@given(
    numbers.arrays(
        np.float32,
        numbers.array_shapes(min_dims=2, max_dims=4, max_side=6),
        elements=st.sampled_from([0.0, 0.0, 1.5, -2.0, 7.0]),
    )
)
def test_a_sparse_constant_is_written_out(whole: Any) -> None:
    if not whole.any():
        whole.flat[-1] = 1.0
    file = model({"x": (1,)}, {"w": sparse(whole)}, [Step(19, ["x"], {"made": (1,)})], ["made"])
    data = read(file).tensors[0].data
    assert data is not None
    np.testing.assert_array_equal(data, whole)


UNKNOWN: dict[str, tuple[list[Step], str]] = {
    "operator": ([Step(77, ["x"], {"made": (1, 2, 2, 3)})], "operator 77"),
    "custom operator": ([Step("Softmax2D", ["x"], {"made": (1, 2, 2, 3)})], "operator Softmax2D"),
    "reshape across rows": (
        [Step(22, ["x"], {"made": (2, 6)})],
        "across rows",
    ),
    "activation": (
        [Step(0, ["x", "x"], {"made": (1, 2, 2, 3)}, {0: Scalar("b", 4)}, 11)],
        "activation 4",
    ),
    "slice": ([Step(45, ["x"], {"made": (1, 1, 2, 3)})], "leaves something out"),
    "corners": (
        [Step(23, ["x"], {"made": (1, 4, 4, 3)}, {2: Scalar("b", 1)}, 15)],
        "aligns corners",
    ),
    "weights that are made": ([Step(54, ["x", "x"], {"made": (1, 2, 2, 3)})], "x is not a constant"),
}


@pytest.mark.parametrize(("steps", "told"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_known_is_refused_by_name(steps: list[Step], told: str) -> None:
    with pytest.raises(Unsupported, match=told):
        _convert(*steps)


def test_a_window_with_gaps_is_refused() -> None:
    options = {number: Scalar("i", 1) for number in (1, 2, 5)} | {
        0: Scalar("b", 0),
        3: Scalar("b", 0),
        4: Scalar("i", 2),
    }
    weights = Constant(np.ones((3, 3, 3, 3), np.float32))
    with pytest.raises(Unsupported, match="gaps"):
        _convert(
            Step(3, ["x", "w", "b"], {"made": (1, 2, 2, 3)}, options, 1),
            w=weights,
            b=Constant(np.zeros(3, np.float32)),
        )


def test_what_is_known_is_not_refused() -> None:
    _convert(RELU)
