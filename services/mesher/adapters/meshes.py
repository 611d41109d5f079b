"""Meshes of a glTF document: what every way of storing them gives, and the plain way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from services.mesher.adapters.gltf import COMPONENT, INDEX_DATA, VERTEX_DATA, Document, index_type
from services.mesher.domain.model import Morph, Part, Scene
from services.mesher.domain.surface import FloatArray, IntArray

Targets = list[dict[str, int]]
"""glTF's morph targets: accessors by attribute."""
_VECTOR_BYTES = 12


class Meshes(Protocol):
    """A way of storing meshes, for one document; made from the document and the scene that it will hold."""

    @property
    def stored_to_metres(self) -> FloatArray:
        """(4, 4) from positions as accessors hold them to metres."""
        ...

    def primitive(self, part: Part) -> dict[str, Any]:
        """The part's primitive, without its material; its bytes are in the document."""
        ...

    def close(self) -> None:
        """After the last mesh."""
        ...


class PlainMeshes:
    """Floats, and 8-bit weights and colours; face shapes as the few vertices that they move."""

    def __init__(self, document: Document, scene: Scene) -> None:
        self.stored_to_metres = np.eye(4)
        self._document = document

    def primitive(self, part: Part) -> dict[str, Any]:
        """The part's primitive."""
        attributes = {
            name: self._document.accessor(
                values, VERTEX_DATA, bounds=name == "POSITION", normalized=name in ("WEIGHTS_0", "COLOR_0")
            )
            for name, values in attributes_of(part).items()
        }
        corners = part.triangles.ravel().astype(index_type(len(part.positions)))
        primitive = {"attributes": attributes, "indices": self._document.accessor(corners, INDEX_DATA)}
        return primitive | morph_targets(self._document, part)

    def close(self) -> None:
        """Nothing is left to do."""


def attributes_of(part: Part) -> dict[str, FloatArray | IntArray]:
    """Vertex attributes under glTF's names, in the order of files."""
    attributes: dict[str, FloatArray | IntArray] = {
        "POSITION": part.positions,
        "NORMAL": part.normals,
        "JOINTS_0": part.joints,
        "WEIGHTS_0": part.weights,
    }
    if part.uv is not None:
        attributes["TEXCOORD_0"] = part.uv
    if part.colors is not None:
        attributes["COLOR_0"] = part.colors
    return attributes


def morph_targets(document: Document, part: Part) -> dict[str, Targets]:
    """`targets` of a primitive, sparse over zeros; nothing for a part without face shapes.

    The shapes of a mesh share three buffer views: which vertices, how far, and how their normals turn.
    """
    if not part.morphs:
        return {}
    count = len(part.positions)
    moving = [morph for morph in part.morphs if len(morph.vertices)]
    found = iter(_sparse(document, moving, count) if moving else [])
    if len(moving) == len(part.morphs):
        return {"targets": list(found)}
    nothing = zeros(document, count, "f4")
    still = {"POSITION": nothing, "NORMAL": nothing}
    return {"targets": [next(found) if len(morph.vertices) else still for morph in part.morphs]}


def zeros(document: Document, count: int, component: str, *, normalized: bool = False) -> int:
    """An accessor of `count` vectors of nothing, which takes no bytes."""
    origin = [0, 0, 0]
    entry = {
        "componentType": COMPONENT[component],
        "count": count,
        "type": "VEC3",
        "min": origin,
        "max": origin,
    }
    return document.describe(entry | ({"normalized": True} if normalized else {}))


def _sparse(document: Document, moving: Sequence[Morph], count: int) -> list[dict[str, int]]:
    """Targets of the shapes, each of which moves some of a mesh's `count` vertices."""
    sizes = np.array([len(morph.vertices) for morph in moving])
    firsts = np.cumsum(sizes) - sizes
    vertices = np.concatenate([morph.vertices for morph in moving], dtype=index_type(count), casting="unsafe")
    offsets = np.concatenate([morph.offsets for morph in moving])
    numbers, steps = document.view(vertices), document.view(offsets)
    turns = document.view(np.concatenate([morph.normals for morph in moving]))
    least, most = _bounds(offsets, firsts, sizes < count)
    # JSON by hand: through dictionaries, hundreds of these cost four times as much as the bytes that they describe.
    head = f'{{"componentType":{COMPONENT["f4"]},"count":{count},"type":"VEC3",'
    indices = f'"componentType":{COMPONENT[vertices.dtype.str[1:]]},"bufferView":{numbers}'
    entries = []
    for first, size, low, high in zip(firsts.tolist(), sizes.tolist(), least, most, strict=True):
        which = f'"count":{size},"indices":{{{indices},"byteOffset":{first * vertices.itemsize}}}'
        values = f'"byteOffset":{first * _VECTOR_BYTES}'
        entries += [
            f'{head}"min":{low},"max":{high},"sparse":{{{which},"values":{{"bufferView":{steps},{values}}}}}}}',
            f'{head}"sparse":{{{which},"values":{{"bufferView":{turns},{values}}}}}}}',
        ]
    first = document.describe_all(entries)
    return [{"POSITION": number, "NORMAL": number + 1} for number in range(first, first + len(entries), 2)]


def _bounds(
    offsets: FloatArray, firsts: IntArray, some_stay: NDArray[np.bool_]
) -> tuple[list[list[float]], list[list[float]]]:
    """Least and most offset of each shape, along each axis; where some vertices stay, they count as zero."""
    columns = np.ascontiguousarray(offsets.T)
    least, most = (bound.reduceat(columns, firsts, axis=1) for bound in (np.minimum, np.maximum))
    least[:, some_stay] = np.minimum(least[:, some_stay], 0.0)
    most[:, some_stay] = np.maximum(most[:, some_stay], 0.0)
    return least.T.tolist(), most.T.tolist()
