"""The generator's network without a server: people's measurements to canonical points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from anthropometry.measurements import NAMES
from benchmarks.people import Person

MODELS = Path(__file__).resolve().parents[1] / "models"
BODY_TYPE = {"feminine": 1.0, "masculine": -1.0}

Floats = NDArray[np.float64]


class Network:
    """The generator's network on one thread."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = MODELS / "body_generator" / "model.onnx"
        self._session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
        self.latent = int(next(item for item in self._session.get_inputs() if item.name == "z").shape[1])

    def __call__(self, people: Sequence[Person], z: Floats) -> NDArray[np.float32]:
        """(n, latent) -> (n, 10000, 3) canonical points, metres."""
        points: NDArray[np.float32] = self._session.run(
            ["points"],
            {
                "measurements": np.array([asked_mm(person) for person in people], np.float32),
                "body_type": np.array([[BODY_TYPE[person.body_type]] for person in people], np.float32),
                "z": z.astype(np.float32),
            },
        )[0]
        return points


def asked_mm(person: Person) -> Floats:
    """(15,) in the order of `NAMES`."""
    return np.array([person.measurements[name] for name in NAMES])
