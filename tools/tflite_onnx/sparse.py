"""Sparse constants: the numbers that are not zero, and a tree that says where they lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.tflite_onnx.flatbuffer import Table
from tools.tflite_onnx.unsupported import Unsupported

_INDEX_TYPES = {1: np.int32, 2: np.uint16, 3: np.uint8}


def dense(values: NDArray[Any], shape: tuple[int, ...], sparsity: Table) -> NDArray[Any]:
    """The whole tensor. ``values`` follow the leaves of the tree, each level of which is one axis of the tensor."""
    order, blocks = sparsity.array(0, np.int32), sparsity.array(1, np.int32)
    if order is None or (blocks is not None and blocks.size):
        raise Unsupported("a sparse tensor in blocks")
    nodes = 1
    places: list[NDArray[np.int64]] = []
    for level in sparsity.tables(2):
        parents, found = _children(level, nodes)
        places = [above[parents] for above in places] + [found]
        nodes = len(found)
    whole = np.zeros(shape, values.dtype)
    whole[tuple(places[level] for level in np.argsort(order))] = values
    return whole


def _children(level: Table, nodes: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each node of a level, its parent among the ``nodes`` above and its place on the level's axis.

    Every place of a dense level is there. A sparse one lists places; segments say where each parent's begin and end.
    """
    segments, listed = _vector(level, 2), _vector(level, 4)
    if segments is None or listed is None:
        size = level.number(1, "i")
        return np.repeat(np.arange(nodes), size), np.tile(np.arange(size), nodes)
    return np.repeat(np.arange(nodes), np.diff(segments)), listed


def _vector(level: Table, kind: int) -> NDArray[np.int64] | None:
    """A union of integer vectors: its type, and in the next field the vector."""
    held = level.table(kind + 1)
    found = None if held is None else held.array(0, _INDEX_TYPES[level.number(kind, "b")])
    return None if found is None else found.astype(np.int64)
