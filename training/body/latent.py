"""What measurements say about a body in closed form, and what they leave open.

A ridge regression takes features of the condition to shape coefficients. What it misses on real
bodies is decomposed into principal directions; the coordinates along the strongest are the latent z of
each body, with unit variance. So a z drawn from the normal distribution asks for differences that real bodies
of equal measurements show, and every real body has a z of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Latent:
    """The closed-form part of the generator; F features, K coefficients, L latent numbers."""

    skip: Tensor
    """(F, K) from features to coefficients."""
    decoder: Tensor
    """(L, K) from z to coefficients."""
    encoder: Tensor
    """(K, L) from what the skip misses to z."""

    def encode(self, features: Tensor, coefficients: Tensor) -> Tensor:
        """(N, L) latent of bodies with these features (N, F) and coefficients (N, K), cut at 3 deviations."""
        missed = coefficients - features @ self.skip
        return (missed @ self.encoder).clamp(-3.0, 3.0)


def fit(features: Tensor, coefficients: Tensor, weights_mm: Tensor, size: int, ridge: float) -> Latent:
    """Regress coefficients (N, K) on features (N, F) and decompose what is missed.

    `weights_mm` (K,) says how far each coefficient moves the surface: directions are ordered by surface moved.
    """
    features, targets = features.double(), coefficients.double()
    penalty = ridge * len(features) * torch.eye(features.shape[1]).to(features)
    gram = features.T @ features + penalty
    skip = torch.linalg.solve(gram, features.T @ targets)
    weights = weights_mm.double()
    _, values, directions = torch.linalg.svd((targets - features @ skip) * weights, full_matrices=False)
    deviations = values[:size, None] / len(features) ** 0.5
    decoder = deviations * directions[:size] / weights
    encoder = (directions[:size] * weights / deviations).T
    return Latent(skip.float(), decoder.float(), encoder.float())
