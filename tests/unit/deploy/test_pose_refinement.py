"""Landmarks that are moved to where their heat maps have them: the graph against a plain loop."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from tools.tflite_onnx.graph import Graph, to_bytes
from tools.vision_models.pose import LANDMARKS, SIDE, refined

CELLS = 64


@pytest.fixture(scope="module")
def network() -> onnxruntime.InferenceSession:
    graph = Graph()
    moved = refined(
        graph, graph.input("flat", (LANDMARKS, 2)), graph.input("logits", (LANDMARKS, CELLS, CELLS))
    )
    graph.output("moved", moved, (LANDMARKS, 2))
    return onnxruntime.InferenceSession(
        to_bytes(graph.model("refinement")), providers=["CPUExecutionProvider"]
    )


def _by_hand(flat: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """One landmark (2,), one map (64, 64)."""
    column, row = np.floor(flat / SIDE * CELLS).astype(int)
    if not (0 <= column < CELLS and 0 <= row < CELLS):
        return flat
    heat = 1.0 / (1.0 + np.exp(-logits.astype(float)))
    left, top = max(column - 3, 0), max(row - 3, 0)
    near = heat[top : row + 4, left : column + 4]
    if near.max() < 0.5:
        return flat
    rows, columns = np.mgrid[top : top + near.shape[0], left : left + near.shape[1]]
    middle: np.ndarray = np.array([(columns * near).sum(), (rows * near).sum()]) / near.sum()
    return middle * (SIDE / CELLS)


def _maps(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks in, at the edge of and beyond the picture; two in three of the maps are hot somewhere near."""
    numbers = np.random.default_rng(seed)
    flat = numbers.uniform(-20, SIDE + 20, (2, LANDMARKS, 2)).astype(np.float32)
    logits = numbers.normal(-8, 1, (2, LANDMARKS, CELLS, CELLS)).astype(np.float32)
    for person, landmark in np.argwhere(numbers.random((2, LANDMARKS)) < 2 / 3):
        spot = np.round(flat[person, landmark] / SIDE * CELLS + numbers.uniform(-4, 4, 2)).astype(int)
        column, row = spot.clip(0, CELLS - 1)
        logits[person, landmark, row, column] = numbers.uniform(-1, 6)
    return flat, logits


@pytest.mark.parametrize("seed", range(4))
def test_landmarks_go_to_the_middle_of_the_heat(network: onnxruntime.InferenceSession, seed: int) -> None:
    flat, logits = _maps(seed)
    [moved] = network.run(None, {"flat": flat, "logits": logits})
    expected = np.array(
        [
            [_by_hand(*landmark) for landmark in zip(*person, strict=True)]
            for person in zip(flat, logits, strict=True)
        ]
    )
    away = np.linalg.norm(expected - flat, axis=2)
    assert (away == 0).sum() > 10
    assert (away > 1).sum() > 10
    np.testing.assert_allclose(moved, expected, atol=1e-3)
