"""The peer of generator, fit and correction: Anny's own parameters, driven to the same 15 measurements by L-BFGS.

Runs in the training environment, which has anny and torch:
`PYTHONPATH=libs:. .venv-training/bin/python -m benchmarks.anny_peer RESULTS < REQUEST`, both JSON.

The peer gets our tape and its exact derivative, and is spared the skinning: the tape lies on Anny's rest pose.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anny
import numpy as np
import torch
from numpy.typing import NDArray

from anthropometry.measurements import NAMES
from bodymodel.section import OpenSectionError
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from training.body.source import PAIRED_CHANGES, SINGLE_CHANGES

MODELS = Path(__file__).resolve().parents[1] / "models"
ITERATIONS = 100
UNREADABLE = 1e9
"""Loss of a body that no tape can be laid on."""
TO_GLTF = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""From +Z up, facing -Y to +Y up, facing +Z."""
GENDER = {"feminine": 1.0, "masculine": 0.0}
YOUNG_ADULT = 0.7
PHENOTYPES = ("muscle", "weight", "height", "proportions", "cupsize", "firmness")


class Peer:
    """Anny with a tape."""

    def __init__(self, changes: Sequence[str]) -> None:
        """`changes` are local changes that may be used; those of limbs are given once for each side."""
        torch.set_num_threads(1)
        self._changes = tuple(changes)
        self._model: Any = anny.Anny(
            rig="mixamo", topology="makehuman-full", local_changes=list(changes), phenotypes="all"
        ).to(torch.float32)
        self._tape = TapeMeasure(Template.load(MODELS))
        self._touched = torch.from_numpy(self._tape.touched.astype(np.int64))

    def solve(self, targets_mm: NDArray[np.float64], gender: float, within_mm: float) -> dict[str, float]:
        """CPU seconds, evaluations and residuals of one person, from the average body until all 15 are near enough."""
        start = time.process_time()
        parameters = torch.zeros(len(PHENOTYPES) + len(self._changes), requires_grad=True)
        optimizer = torch.optim.LBFGS(
            [parameters], max_iter=1, history_size=20, line_search_fn="strong_wolfe"
        )
        residual = np.full(len(NAMES), np.inf)
        evaluations = 0

        def loss() -> float:
            nonlocal residual, evaluations
            evaluations += 1
            optimizer.zero_grad()
            points = self._points(parameters, gender)
            try:
                reading = self._tape.read(points.detach().numpy())
            except OpenSectionError:
                return UNREADABLE
            residual = reading.values_mm - targets_mm
            slope = self._tape.gradient(points.detach().numpy(), reading).T @ (2.0 * residual)
            points.backward(torch.from_numpy(slope.reshape(-1, 3).astype(np.float32)))
            return float(residual @ residual)

        for _ in range(ITERATIONS):
            optimizer.step(loss)
            if np.abs(residual).max() < within_mm:
                break
        return {
            "cpu_s": time.process_time() - start,
            "evaluations": evaluations,
            "worst_mm": float(np.abs(residual).max()),
            "mean_mm": float(np.abs(residual).mean()),
        }

    def _points(self, parameters: torch.Tensor, gender: float) -> torch.Tensor:
        """(U, 3) vertices that the tape touches; parameters are squeezed into the ranges that Anny was sculpted for."""
        phenotypes = torch.sigmoid(parameters[: len(PHENOTYPES)])
        changes = torch.tanh(parameters[len(PHENOTYPES) :])
        coefficients = self._model.get_phenotype_blendshape_coefficients(
            gender=gender,
            age=YOUNG_ADULT,
            **dict(zip(PHENOTYPES, phenotypes, strict=True)),
            local_changes=dict(zip(self._changes, changes, strict=True)),
        )
        vertices: torch.Tensor = self._model.get_rest_vertices(coefficients)[0]
        return vertices[self._touched] @ TO_GLTF.T


def main(request: Mapping[str, Any]) -> list[dict[str, float]]:
    """One answer for each of the request's `people`; the peer stops `within_mm` of their measurements."""
    peer = Peer([*SINGLE_CHANGES, *(f"{side}-{name}" for name in PAIRED_CHANGES for side in "lr")])
    return [
        peer.solve(
            np.array([person["measurements"][name] for name in NAMES], np.float64),
            GENDER[person["body_type"]],
            request["within_mm"],
        )
        for person in request["people"]
    ]


if __name__ == "__main__":
    # A file, because warp, which anny imports, prints to the standard output.
    Path(sys.argv[1]).write_text(json.dumps(main(json.load(sys.stdin))))
