"""The last steps before a file: what every format has in common."""

from __future__ import annotations

from services.mesher.domain import atlas, pictures, provenance
from services.mesher.domain.gaze import with_eye_bones
from services.mesher.domain.model import FileOptions, Scene


def prepared(scene: Scene, options: FileOptions) -> Scene:
    """The scene with its provenance told, its pictures at size, and in one mesh if so wanted.

    Where the file has a skeleton, its eyes are on bones; elsewhere it may be baked in a pose, its head turned anywhere.
    """
    scene = provenance.told(scene)
    scene = with_eye_bones(scene) if options.format.has_skeleton else scene
    return atlas.merged(pictures.limited(scene, options.texture_size), options.texture_atlas)
