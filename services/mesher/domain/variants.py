"""One avatar in many files: face shapes and rest pose, applied to finished parts."""

from __future__ import annotations

from dataclasses import replace

from services.mesher.domain import features
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.expressions import Weights, canonical
from services.mesher.domain.model import FileOptions, RestPose, Scene
from services.mesher.domain.morphs import Sculptor
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.pose import arms_level


class Variants:
    """Turns a dressed avatar into the one that a file's options ask for. Its detail is the outfitter's."""

    def __init__(self, model: BodyModel, outfitter: Outfitter) -> None:
        self._sculptor = Sculptor(model.face, outfitter.bound)

    def make(self, scene: Scene, body: Body, options: FileOptions) -> Scene:
        """The scene with the options' face shapes, in their pose; raises UnknownMorphTarget."""
        if options.morph_targets:
            scene = replace(scene, parts=self._sculptor.sculpt(scene.parts, body, options.morph_targets))
        return arms_level(scene) if options.pose is RestPose.T else scene

    def faced(self, scene: Scene, body: Body, weights: Weights) -> Scene:
        """The scene with its face shapes at these weights, for good; raises UnknownMorphTarget."""
        names = canonical(weights)
        parts = self._sculptor.sculpt(scene.parts, body, names, "picture.face_shapes")
        return features.moved(replace(scene, parts=parts), weights)
