"""The body network behind the inference port."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atelierkit.inference import Inference
from services.generator.adapters.inferring import inferred
from services.generator.domain.model import BodySpec, BodyType, Targets
from services.generator.domain.receipts import POINT_COUNT

MODEL = "body_generator"
"""Name of the network: folder of its ONNX file, and its name on an inference server."""

_LATENT = 32
_BODY_TYPES = {BodyType.FEMININE: 1.0, BodyType.MASCULINE: -1.0, BodyType.NEUTRAL: 0.0}


class BodyNetwork:
    """Inputs: measurements (1, 15) mm, body_type (1, 1), z (1, 32). Output: points (1, 10000, 3) metres."""

    def __init__(self, inference: Inference, version: str) -> None:
        self._inference = inference
        self._version = version

    @property
    def version(self) -> str:
        return self._version

    async def points(self, spec: BodySpec, targets: Targets) -> bytes:
        inputs = {
            "measurements": np.array([[target.value_mm for target in targets]], np.float32),
            "body_type": np.array([[_BODY_TYPES[spec.body_type]]], np.float32),
            "z": latent(spec.seed)[np.newaxis],
        }
        points = (await inferred(self._inference, MODEL, inputs))["points"]
        if points.shape != (1, POINT_COUNT, 3):
            raise ValueError(f"{MODEL} {self._version} answered points {points.shape}")
        if not np.isfinite(points).all():
            raise ValueError(f"{MODEL} {self._version} answered points that are not finite")
        return points.astype("<f4").tobytes()


def latent(seed: int) -> NDArray[np.float32]:
    """(32,) standard normal numbers that belong to the seed; zeros, the most typical person, for 0.

    Philox' raw numbers are fixed by its specification, so the same seed gives the same person for ever;
    NumPy keeps the right to change how its own normal distribution uses them, hence Box and Muller's.
    """
    if seed == 0:
        return np.zeros(_LATENT, np.float32)
    raw = np.random.Philox(key=seed).random_raw(_LATENT)
    # The upper 53 bits, in the middle of their step: never 0, whose logarithm there is none.
    uniform = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    radius = np.sqrt(-2.0 * np.log(uniform[: _LATENT // 2]))
    angle = 2.0 * np.pi * uniform[_LATENT // 2 :]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)]).astype(np.float32)
