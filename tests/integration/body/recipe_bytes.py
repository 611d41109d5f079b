"""Builds three people from their recipes and prints the SHA-256 of each file; run in environments of other machines."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from anthropometry.measurements import NAMES
from anthropometry.population import Population
from services.generator.adapters.network import latent
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.model import (
    Appearance,
    Cut,
    FileOptions,
    Garment,
    Girths,
    HairPattern,
    Pattern,
    Rig,
    Scene,
)
from services.mesher.domain.outfit import Outfitter

MODELS = Path(__file__).parents[3] / "models"
PEOPLE = ((-1.0, "masculine", 0), (1.0, "feminine", 7), (0.0, "neutral", 41))
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


def main() -> None:
    """Print one line a person."""
    model = BodyModel.load(MODELS)
    outfitter = Outfitter(model, kept_cuts=4)
    population = Population.load(MODELS)
    for cloud, (_, body_type, _) in zip(points(int(sys.argv[1])), PEOPLE, strict=True):
        targets = population.estimate({"stature": 1712.0, "waist_girth": 860.0}, body_type).values_mm
        assert len(targets) == len(NAMES)
        body = model.stand(model.solve(cloud, targets).coefficients)
        parts = outfitter.dress(body, Appearance("#d7a98c", HairPattern.BOB, "#3b2417"), [DRESS])
        rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
        file = GlbWriter().write(Scene(parts, rig, {}), FileOptions())
        sys.stdout.write(hashlib.sha256(file).hexdigest() + "\n")


if __name__ == "__main__":
    main()
