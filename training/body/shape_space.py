"""Principal components of posed bodies: the linear space in which everything downstream lives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.body.source import BODY_VERTICES, FloatArray


@dataclass(frozen=True, slots=True)
class Components:
    """A mean and K components of flattened bodies (vertices, then bone heads), D = (V + B) * 3."""

    mean: FloatArray
    """(D,) float32, metres."""
    basis: FloatArray
    """(K, D) float32, metres per unit of a coefficient."""

    def coefficients(self, bodies: FloatArray) -> FloatArray:
        """Least-squares coefficients (N, K) of flattened bodies (N, D)."""
        gram = self.basis.astype(np.float64) @ self.basis.T
        found: FloatArray = np.linalg.solve(gram, (self.basis @ (bodies - self.mean).T).astype(np.float64)).T
        return found

    def rebuild(self, coefficients: FloatArray) -> FloatArray:
        """Flattened bodies (N, D) float32 of coefficients (N, K)."""
        bodies: FloatArray = coefficients.astype(np.float32) @ self.basis + self.mean
        return bodies


def principal_components(bodies: FloatArray, size: int, seed: int) -> Components:
    """The `size` strongest components of flattened bodies (N, D), scaled so that coefficients have unit variance.

    Randomised subspace iteration: a full decomposition of N = 8,000 bodies costs minutes, this a few
    passes over them. The basis is rounded to float16, as it is stored.
    """
    rng = np.random.default_rng(seed)
    mean = bodies.mean(axis=0, dtype=np.float64).astype(np.float32)
    sketch = rng.standard_normal((size + 32, len(bodies))).astype(np.float32)
    space = _centred_rows(sketch, bodies, mean)
    for _ in range(3):
        space = np.linalg.qr(space.T)[0].T
        space = _centred_rows((bodies @ space.T - mean @ space.T).T, bodies, mean)
    space = np.linalg.qr(space.T)[0].T
    scores = bodies @ space.T - mean @ space.T
    _, values, turn = np.linalg.svd(scores.astype(np.float64), full_matrices=False)
    deviations = values[:size, None] / np.sqrt(len(bodies))
    basis = (turn[:size] @ space) * deviations
    signs = np.sign(
        basis[np.arange(size), np.abs(basis).argmax(axis=1)]
    )  # the sign of a component is free: fix it
    return Components(mean, (basis * signs[:, None]).astype(np.float16).astype(np.float32))


def _centred_rows(weights: FloatArray, bodies: FloatArray, mean: FloatArray) -> FloatArray:
    """`weights @ (bodies - mean)` without a centred copy of the bodies."""
    rows: FloatArray = weights @ bodies - weights.sum(axis=1, keepdims=True) * mean
    return rows


def vertex_errors_mm(components: Components, bodies: FloatArray) -> FloatArray:
    """(N, body vertices) distances between bodies and their rebuilt selves, millimetres."""
    rebuilt = components.rebuild(components.coefficients(bodies))
    offsets = (rebuilt - bodies).reshape(len(bodies), -1, 3)[:, :BODY_VERTICES]
    errors: FloatArray = np.linalg.norm(offsets, axis=2) * 1000.0
    return errors


def save(components: Components, vertices: int, folder: Path) -> None:
    """Write `shape.npz` with the first `vertices` points as the surface and the rest as bone heads."""
    folder.mkdir(parents=True, exist_ok=True)
    mean = components.mean.reshape(-1, 3)
    basis = components.basis.reshape(len(components.basis), -1, 3).astype(np.float16)
    np.savez_compressed(
        folder / "shape.npz",
        mean=mean[:vertices],
        basis=basis[:, :vertices],
        heads_mean=mean[vertices:],
        heads_basis=basis[:, vertices:],
    )
