"""Pictures as files of their own, for formats that keep them beside the geometry."""

from __future__ import annotations

from collections.abc import Sequence

from services.mesher.domain.model import Part
from services.mesher.domain.paint import Texture


def named(parts: Sequence[Part]) -> dict[Texture, str]:
    """Path of every picture inside an archive: each once, called after the first part that shows it."""
    names: dict[Texture, str] = {}
    for part in parts:
        texture = part.material.texture
        if texture is not None and texture not in names:
            names[texture] = f"textures/{part.name}.png"
    return names
