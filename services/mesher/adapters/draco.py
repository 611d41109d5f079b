"""KHR_draco_mesh_compression: triangles and vertex attributes in one Draco bit stream a mesh.

The extension cannot hold face shapes, which stay plain and count on the order of vertices; so the order is kept.
"""

from __future__ import annotations

from typing import Any

import DracoPy
import numpy as np

from services.mesher.adapters.gltf import COMPONENT, Document, described, index_type
from services.mesher.adapters.meshes import attributes_of, morph_targets
from services.mesher.domain.model import Part, Scene

_EXTENSION = "KHR_draco_mesh_compression"
# A person is 2 m high and 2 m wide in T pose: 0.03 mm a step.
_POSITION_BITS = 16
_NORMAL_BITS = 10
_UV_BITS = 14
_EFFORT = 7
_JOINTS, _WEIGHTS = 0, 1


class DracoMeshes:
    """Positions within 0.03 mm, normals within 0.2 degrees; joints, weights and colours exact."""

    def __init__(self, document: Document, scene: Scene) -> None:
        self.stored_to_metres = np.eye(4)
        self._document = document
        document.use(_EXTENSION, required=True)

    def primitive(self, part: Part) -> dict[str, Any]:
        """Accessors tell what the bit stream holds; face shapes are plain."""
        data, numbers = _encoded(part)
        attributes = {
            name: self._document.describe(
                described(values, bounds=name == "POSITION", normalized=name in ("WEIGHTS_0", "COLOR_0"))
            )
            for name, values in attributes_of(part).items()
        }
        corners = {
            "componentType": COMPONENT[np.dtype(index_type(len(part.positions))).str[1:]],
            "count": part.triangles.size,
            "type": "SCALAR",
        }
        extension = {"bufferView": self._document.view(data), "attributes": numbers}
        return {
            "attributes": attributes,
            "indices": self._document.describe(corners),
            "extensions": {_EXTENSION: extension},
        } | morph_targets(self._document, part)

    def close(self) -> None:
        """Nothing is left to do."""


def _encoded(part: Part) -> tuple[bytes, dict[str, int]]:
    """The bit stream, and the number of each attribute in it."""
    data = DracoPy.encode(
        part.positions,
        part.triangles.astype(np.uint32),
        quantization_bits=_POSITION_BITS,
        compression_level=_EFFORT,
        preserve_order=True,
        normals=part.normals.astype(np.float64),
        normal_quantization_bits=_NORMAL_BITS,
        tex_coord=None if part.uv is None else part.uv.astype(np.float64),
        tex_coord_quantization_bits=_UV_BITS,
        colors=part.colors,
        generic_attributes={_JOINTS: part.joints, _WEIGHTS: part.weights},
    )
    # The encoder numbers what it knows by name after the generic attributes, in this order.
    present = {
        "COLOR_0": part.colors,
        "TEXCOORD_0": part.uv,
        "NORMAL": part.normals,
        "POSITION": part.positions,
    }
    named = [name for name, values in present.items() if values is not None]
    own = {name: number for number, name in enumerate(named, start=_WEIGHTS + 1)}
    return data, {"JOINTS_0": _JOINTS, "WEIGHTS_0": _WEIGHTS} | own
