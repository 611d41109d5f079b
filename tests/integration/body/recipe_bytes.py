"""Builds three people from their recipes, one of them with somebody's face, and prints the SHA-256 of each file; run in environments of other machines.

Each person is written as a plain GLB, and in one more way, so that every format and every variant has its turn.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from anthropometry.population import Population
from bodymodel.expressions import EXPRESSIONS
from bodypose.skeleton import Pose
from facemodel.topology import FaceTopology
from services.generator.adapters.network import latent
from services.mesher.bootstrap import WRITERS
from services.mesher.domain.body import BodyModel
from services.mesher.domain.delivery import prepared
from services.mesher.domain.expressions import VRM_SHAPES, canonical
from services.mesher.domain.face.likeness import Likeness
from services.mesher.domain.face.model import PersonFace, WornFace
from services.mesher.domain.face.mould import Mould
from services.mesher.domain.model import (
    Appearance,
    Compression,
    Cut,
    FileFormat,
    FileOptions,
    Garment,
    Girths,
    HairPattern,
    Pattern,
    RestPose,
    Rig,
    Scene,
)
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Poser
from services.mesher.domain.variants import Variants

MODELS = Path(__file__).parents[3] / "models"
PEOPLE = ((-1.0, "masculine", 0), (1.0, "feminine", 7), (0.0, "neutral", 41))
FILES = (
    (
        FileOptions(lod=1, morph_targets=EXPRESSIONS, compression=Compression.MESHOPT),
        FileOptions(format=FileFormat.USDZ),
    ),
    (
        FileOptions(format=FileFormat.VRM, pose=RestPose.T, morph_targets=canonical(VRM_SHAPES)),
        FileOptions(format=FileFormat.OBJ),
    ),
    (
        FileOptions(lod=2, texture_atlas=512, compression=Compression.DRACO),
        FileOptions(format=FileFormat.PLY, pose=RestPose.T),
        FileOptions(format=FileFormat.STL, whole_body=True),
    ),
)
STRIDE = Pose(
    {
        "LeftUpLeg": (-0.3, 0.0, 0.0, 0.954),
        "RightUpLeg": (0.2, 0.05, 0.0, 0.9785),
        "LeftArm": (0.1, 0.2, -0.3, 0.927),
        "RightForeArm": (-0.4, 0.3, 0.1, 0.86),
        "Head": (0.0, 0.25, 0.0, 0.968),
    }
)
POSED = (FileOptions(), FileOptions(format=FileFormat.PLY))
"""Taken by the skeleton, and baked."""
DRESS = Garment(
    "dress",
    Cut(Pattern.DRESS, sleeve=0.25, hem=0.5, neckline=0.35, flare=0.35, thickness=0.003),
    Girths(chest=0.98, waist=0.9, hip=1.1, upper_arm=0.34),
    "#41597d",
    "CC0-1.0",
)


def points(batch: int) -> list[np.ndarray]:
    """Each person's cloud, asked for among `batch` others: kernels and summation order depend on the batch."""
    population = Population.load(MODELS)
    session = onnxruntime.InferenceSession(
        MODELS / "body_generator" / "model.onnx", providers=["CPUExecutionProvider"]
    )
    clouds = []
    for sign, body_type, seed in PEOPLE:
        asked = population.estimate({"stature": 1712.0, "waist_girth": 860.0}, body_type).values_mm
        inputs = {
            "measurements": np.repeat(asked[None].astype(np.float32), batch, axis=0),
            "body_type": np.full((batch, 1), sign, np.float32),
            "z": np.repeat(latent(seed)[None], batch, axis=0),
        }
        clouds.append(session.run(["points"], inputs)[0][-1])
    return clouds


def face(topology: FaceTopology) -> PersonFace:
    """A face like nobody's, in a picture of all tones."""
    rng = np.random.default_rng(11)
    points = topology.mean * [1.03, 0.98, 1.05] + 1e-3 * rng.normal(size=topology.mean.shape)
    tones = rng.integers(60, 220, (64, 64, 3)).astype(np.uint8)
    picture = tones.repeat(16, axis=0).repeat(16, axis=1)
    return PersonFace(WornFace(points, "", "#a98467", "#4a7fb5"), picture)


def main() -> None:
    """Print one line a file."""
    model, topology = BodyModel.load(MODELS), FaceTopology.load(MODELS)
    outfitter = Outfitter(model, kept_cuts=4)
    likeness = Likeness(model.template, Mould.load(MODELS, model, topology), outfitter.skin_picture)
    worn = (None, None, face(topology))
    variants, poser = Variants(model, outfitter), Poser(model, outfitter)
    population = Population.load(MODELS)
    look = Appearance("#d7a98c", HairPattern.BOB, "#3b2417")
    for cloud, (_, body_type, _), more, own in zip(
        points(int(sys.argv[1])), PEOPLE, FILES, worn, strict=True
    ):
        targets = population.estimate({"stature": 1712.0, "waist_girth": 860.0}, body_type).values_mm
        body = model.stand(model.solve(cloud, targets).coefficients)
        body = likeness.shaped(body, own) if own else body
        rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
        for options in (FileOptions(), *more):
            parts = (
                outfitter.bare(body, look, options.lod)
                if options.whole_body
                else outfitter.dress(body, look, [DRESS], options.lod)
            )
            parts = likeness.painted(parts, own, look) if own else parts
            scene = prepared(
                variants.make(Scene(parts, rig, {"modelVersion": "2.0.0"}), body, options), options
            )
            _tell(scene, options)
        dressed = Scene(outfitter.dress(body, look, [DRESS]), rig, {"modelVersion": "2.0.0"})
        held = poser.hold(body, STRIDE).pose
        posed = poser.taken(dressed, body, held), poser.figure(dressed, body).at(held)
        for scene, options in zip(posed, POSED, strict=True):
            _tell(prepared(scene, options), options)


def _tell(scene: Scene, options: FileOptions) -> None:
    file = WRITERS[options.format].write(scene, options)
    sys.stdout.write(hashlib.sha256(file).hexdigest() + "\n")


if __name__ == "__main__":
    main()
