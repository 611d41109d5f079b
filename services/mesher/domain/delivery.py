"""The last steps before a file: what every format has in common."""

from __future__ import annotations

from services.mesher.domain import atlas, pictures, provenance
from services.mesher.domain.gaze import with_eye_bones
from services.mesher.domain.model import FileOptions, Scene


def prepared(scene: Scene, options: FileOptions) -> Scene:
    """The scene with its provenance told, its eyes on bones, its pictures at size, and in one mesh if so wanted."""
    scene = with_eye_bones(provenance.told(scene))
    return atlas.merged(pictures.limited(scene, options.texture_size), options.texture_atlas)
