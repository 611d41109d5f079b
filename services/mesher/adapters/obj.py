"""Wavefront OBJ: a ZIP archive of `avatar.obj`, `avatar.mtl` and the pictures that it names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from facemodel import color
from services.mesher.adapters import archive, pictures, png
from services.mesher.domain.model import FileOptions, Material, Part, Scene
from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import FloatArray, IntArray

# Seven digits after the point: half a ten-millionth of a metre is what float32 resolves at a person's height.
_POSITION = "v %.7f %.7f %.7f\n"
_COLORED = "v %.7f %.7f %.7f %.4f %.4f %.4f\n"
_UV = "vt %.6f %.6f\n"
_NORMAL = "vn %.6f %.6f %.6f\n"


class ObjWriter:
    """One group and one material for each part, both called after it."""

    media_type = "application/zip"

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole archive; comments tell where each part comes from."""
        files = pictures.named(scene.parts)
        entries = {
            "avatar.obj": _geometry(scene).encode(),
            "avatar.mtl": _materials(scene.parts, files).encode(),
            **{name: png.encode(texture) for texture, name in files.items()},
        }
        return archive.deflated(entries)


def _geometry(scene: Scene) -> str:
    text = [f"# metres, +Y up, facing +Z\n# provenance {json.dumps(dict(scene.extras))}\nmtllib avatar.mtl\n"]
    first, first_uv = 1, 1
    for part in scene.parts:
        told = json.dumps({"licence": part.licence, "source": part.source})
        text += [f"# {told}\ng {part.name}\nusemtl {part.name}\n", _vertices(part)]
        corner, numbers = "%d//%d", [part.triangles + first, part.triangles + first]
        if part.uv is not None:
            corner = "%d/%d/%d"
            numbers.insert(1, part.triangles + first_uv)
            first_uv += len(part.uv)
        text.append(_lines(f"f {corner} {corner} {corner}\n", np.stack(numbers, axis=2)))
        first += len(part.positions)
    return "".join(text)


def _vertices(part: Part) -> str:
    """The part's `v`, `vt` and `vn` lines; colours follow positions, as most readers take them."""
    if part.colors is None:
        text = _lines(_POSITION, part.positions)
    else:
        shown = color.encode(part.colors[:, :3] / 255.0)
        text = _lines(_COLORED, np.concatenate([part.positions, shown], axis=1))
    if part.uv is not None:
        text += _lines(_UV, part.uv * [1.0, -1.0] + [0.0, 1.0])
    return text + _lines(_NORMAL, part.normals)


def _lines(line: str, values: FloatArray | IntArray) -> str:
    """One line for each row; a single format of all rows is ten times as fast as a loop over them."""
    return line * len(values) % tuple(values.ravel().tolist())


def _materials(parts: Sequence[Part], files: Mapping[Texture, str]) -> str:
    return "\n".join(_material(part.name, part.material, files) for part in parts)


def _material(name: str, material: Material, files: Mapping[Texture, str]) -> str:
    """Colours in sRGB, as viewers without colour management show them; `Pr` and `Pm` are the usual PBR extension."""
    red, green, blue = color.encode(np.array(material.color))
    text = f"newmtl {name}\nKd {red:.6f} {green:.6f} {blue:.6f}\nPr {material.roughness:g}\nPm 0\n"
    return text + (f"map_Kd {files[material.texture]}\n" if material.texture is not None else "")
