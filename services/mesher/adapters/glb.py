"""glTF 2.0 binary files of skinned meshes; same input, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.mesher.adapters import png, skeleton
from services.mesher.adapters.draco import DracoMeshes
from services.mesher.adapters.gltf import Document
from services.mesher.adapters.meshes import Meshes, PlainMeshes
from services.mesher.adapters.meshopt import MeshoptMeshes
from services.mesher.domain.model import Compression, FileOptions, Material, Part, Scene
from services.mesher.domain.paint import Texture

_MESHES: Mapping[Compression, Callable[[Document, Scene], Meshes]] = {
    Compression.NONE: PlainMeshes,
    Compression.MESHOPT: MeshoptMeshes,
    Compression.DRACO: DracoMeshes,
}


class GlbWriter:
    """One mesh, node and material per part, all bound to one skin."""

    media_type = "model/gltf-binary"

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole file; the scene's extras go to `asset.extras`."""
        file = GlbFile(scene, options.compression)
        return file.pack()


class GlbFile:
    """A document with a scene in it, open for more."""

    def __init__(self, scene: Scene, compression: Compression) -> None:
        self._scene = scene
        self._textures: dict[Texture, int] = {}
        self.document = Document()
        meshes = _MESHES[compression](self.document, scene)
        self.bones = skeleton.add(self.document, scene.rig, meshes.stored_to_metres, scene.posture)
        """Node of each bone by its name."""
        self.parts = [self._node(part, meshes.primitive(part)) for part in scene.parts]
        """Node of each part of the scene."""
        meshes.close()

    def pack(self) -> bytes:
        """The bytes."""
        asset = {"version": "2.0", "generator": "Atelier mesher", "extras": dict(self._scene.extras)}
        return self.document.glb(asset, [self.bones[skeleton.ROOT], *self.parts], skeleton.ROOT)

    def _node(self, part: Part, primitive: dict[str, Any]) -> int:
        primitive["material"] = self._material(part.material)
        mesh: dict[str, Any] = {"name": part.name, "primitives": [primitive]}
        if part.morphs:
            mesh["weights"] = [0.0] * len(part.morphs)
            mesh["extras"] = {"targetNames": [morph.name for morph in part.morphs]}
        number = self.document.add("meshes", mesh)
        return self.document.add("nodes", {"name": part.name, "mesh": number, "skin": 0})

    def _material(self, material: Material) -> int:
        surface: dict[str, Any] = {
            "baseColorFactor": [*(round(value, 6) for value in material.color), 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": material.roughness,
        }
        entry: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": surface}
        if material.texture is not None:
            surface["baseColorTexture"] = {"index": self._texture(material.texture)}
        if material.double_sided:
            entry["doubleSided"] = True
        return self.document.add("materials", entry)

    def _texture(self, texture: Texture) -> int:
        """Index of the texture; each picture is stored once."""
        if texture not in self._textures:
            view = self.document.view(png.encode(texture))
            image = self.document.add("images", {"bufferView": view, "mimeType": "image/png"})
            if "samplers" not in self.document.lists:
                self.document.add("samplers", {"magFilter": 9729, "minFilter": 9987})
            self._textures[texture] = self.document.add("textures", {"source": image, "sampler": 0})
        return self._textures[texture]
