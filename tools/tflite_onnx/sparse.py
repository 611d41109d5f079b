"""Sparse constants: the numbers that are not zero, and a tree that says where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.tflite_onnx.flatbuffer import Table

_INDEX_TYPES = {1: np.int32, 2: np.uint16, 3: np.uint8}


@dataclass(frozen=True)
class _Level:
    """One axis of the tree: every place of it is there, or those that are listed."""

    size: int
    """Places of a dense level; 0 for a sparse one."""
    segments: NDArray[Any] | None
    """For each node of the level above, where its list begins; one more at the end."""
    places: NDArray[Any] | None

    @classmethod
    def read(cls, table: Table) -> _Level:
        return cls(table.number(1, "i"), _listed(table, 2), _listed(table, 4))

    def children(self, node: int) -> Iterator[tuple[int, int]]:
        """Number and place of each node below ``node``."""
        if self.segments is None or self.places is None:
            for place in range(self.size):
                yield node * self.size + place, place
        else:
            for child in range(int(self.segments[node]), int(self.segments[node + 1])):
                yield child, int(self.places[child])


def dense(values: NDArray[Any], shape: tuple[int, ...], sparsity: Table) -> NDArray[Any]:
    """The whole tensor. ``values`` follow the tree from left to right.

    The tree's levels are the tensor's axes in some order, then the axes again that are cut into blocks: there a level
    above says which block, and one below which place in it.
    """
    order = _numbers(sparsity, 0)
    blocks = _numbers(sparsity, 1)
    levels = [_Level.read(table) for table in sparsity.tables(2)]
    axes = [axis if axis < len(shape) else blocks[axis - len(shape)] for axis in order]
    steps = [1] * len(order)
    for number, axis in enumerate(blocks):
        inner = order.index(len(shape) + number)
        steps[order.index(axis)] = levels[inner].size
    whole = np.zeros(shape, values.dtype)
    for leaf, places in _leaves(levels, 0, 0):
        index = [0] * len(shape)
        for axis, place, step in zip(axes, places, steps, strict=True):
            index[axis] += place * step
        whole[tuple(index)] = values[leaf]
    return whole


def _leaves(levels: list[_Level], depth: int, node: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Number and places, from the top, of each node of the last level below ``node``."""
    if depth == len(levels):
        yield node, ()
        return
    for child, place in levels[depth].children(node):
        for leaf, below in _leaves(levels, depth + 1, child):
            yield leaf, (place, *below)


def _listed(table: Table, kind: int) -> NDArray[Any] | None:
    """A union of integer vectors: its type, and in the next field the vector."""
    held = table.table(kind + 1)
    return None if held is None else held.array(0, _INDEX_TYPES[table.number(kind, "b")])


def _numbers(table: Table, field: int) -> list[int]:
    found = table.array(field, np.int32)
    return [] if found is None else found.tolist()
