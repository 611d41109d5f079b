"""Faces as glTF 2.0 binary files, without any extension: whatever reads glTF reads them. Same input, same bytes."""

from __future__ import annotations

from services.mesher.adapters.gltf import INDEX_DATA, VERTEX_DATA, Document, index_type
from services.mesher.domain.portrait import Portrait

_NAME = "face"
_LINEAR, _MIPMAPS, _CLAMPED = 9729, 9987, 33071
_ROUGHNESS = 0.75


class FaceGlbWriter:
    """One mesh with one material and one picture."""

    media_type = "model/gltf-binary"

    def write(self, portrait: Portrait) -> bytes:
        """The whole file; the portrait's extras go to `asset.extras`."""
        document = Document()
        corners = portrait.triangles.ravel().astype(index_type(len(portrait.positions)))
        primitive = {
            "attributes": {
                "POSITION": document.accessor(portrait.positions, VERTEX_DATA, bounds=True),
                "NORMAL": document.accessor(portrait.normals, VERTEX_DATA),
                "TEXCOORD_0": document.accessor(portrait.uv, VERTEX_DATA),
            },
            "indices": document.accessor(corners, INDEX_DATA),
            "material": _material(document, portrait),
        }
        mesh = document.add("meshes", {"name": _NAME, "primitives": [primitive]})
        node = document.add("nodes", {"name": _NAME, "mesh": mesh})
        asset = {"version": "2.0", "generator": "Atelier mesher", "extras": dict(portrait.extras)}
        return document.glb(asset, [node], _NAME)


def _material(document: Document, portrait: Portrait) -> int:
    view = document.view(portrait.picture)
    image = document.add("images", {"bufferView": view, "mimeType": portrait.picture_type})
    filters = {"magFilter": _LINEAR, "minFilter": _MIPMAPS, "wrapS": _CLAMPED, "wrapT": _CLAMPED}
    sampler = document.add("samplers", filters)
    texture = document.add("textures", {"source": image, "sampler": sampler})
    surface = {"baseColorTexture": {"index": texture}, "metallicFactor": 0.0, "roughnessFactor": _ROUGHNESS}
    # There is no back of the head: seen from behind, the inside of a face is better than none.
    return document.add("materials", {"name": _NAME, "pbrMetallicRoughness": surface, "doubleSided": True})
