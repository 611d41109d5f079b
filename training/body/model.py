"""The two networks of the conditional GAN.

The generator turns 15 measurements, a body type and a latent z into the coefficients of the linear shape space,
and those into 10,000 canonical points. What closed-form regression can say (`skip`, `decoder`: see `latent.py`) it
starts from; the trunk learns the rest. The discriminator sees points and measurements in parallel paths and says
whether they belong to one real body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from bodymodel.shape import ShapeSpace

MEASUREMENTS = 15
"""Measurements of a condition; the body type follows as the sixteenth number."""
CLOUD_POINTS = 10_000
"""Canonical points of a generated body."""
_REACH = 6.0
"""Standardised measurements are cut at so many deviations: further out the quadratic terms run away."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The canonical points as a linear function of the shape coefficients."""

    mean: Tensor
    """(30000,) float32, metres."""
    basis: Tensor
    """(K, 30000) float16, metres per unit: half precision moves no point by more than 0.1 mm and halves the file."""

    @classmethod
    def of(cls, space: ShapeSpace) -> Surface:
        """The surface of a shape space."""
        mean, basis = np.asarray(space.cloud_mean), np.asarray(space.cloud_basis)
        return cls(torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(basis.astype(np.float16)))

    @property
    def weights_mm(self) -> Tensor:
        """(K,) root mean square shift of the points per unit of each coefficient, millimetres."""
        return 1000.0 * (self.basis.float().square().sum(dim=1) / CLOUD_POINTS).sqrt()


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of each measurement over the training bodies, millimetres: (15,) float32 both."""

    mean: Tensor
    deviation: Tensor

    def condition(self, measurements: Tensor, body_type: Tensor) -> Tensor:
        """(N, 15) millimetres and (N, 1) body types -> (N, 16) standardised conditions."""
        standardised = ((measurements - self.mean) / self.deviation).clamp(-_REACH, _REACH)
        return torch.cat([standardised, body_type], dim=1)


def quadratic_features(condition: Tensor, size: int = MEASUREMENTS + 1) -> Tensor:
    """(N, size) -> (N, 1 + size + size (size + 1) / 2): one, the numbers, and all their products."""
    rows, columns = np.triu_indices(size)
    products = condition[:, rows.tolist()] * condition[:, columns.tolist()]
    return torch.cat([torch.ones_like(condition[:, :1]), condition, products], dim=1)


class Generator(nn.Module):  # type: ignore[misc]
    """(measurements, body type, z) -> points."""

    def __init__(
        self, scale: Scale, surface: Surface, skip: Tensor, decoder: Tensor, widths: Sequence[int]
    ) -> None:
        """Start as the closed-form regression: `skip` (F, K) from the features, `decoder` (L, K) from z."""
        super().__init__()
        self.register_buffer("mean", scale.mean)
        self.register_buffer("deviation", scale.deviation)
        self.register_buffer("cloud_mean", surface.mean)
        self.register_buffer("cloud_basis", surface.basis)
        self.skip = nn.Parameter(skip.clone())
        self.decoder = nn.Parameter(decoder.clone())
        self.trunk = _trunk(MEASUREMENTS + 1 + len(decoder), widths)
        self.head = nn.Linear(widths[-1], skip.shape[1])
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    @property
    def scale(self) -> Scale:
        return Scale(self.mean, self.deviation)

    def coefficients(self, measurements: Tensor, body_type: Tensor, z: Tensor) -> Tensor:
        """(N, 15) millimetres, (N, 1), (N, L) -> (N, K) shape coefficients."""
        condition = self.scale.condition(measurements, body_type)
        closed_form = quadratic_features(condition) @ self.skip + z @ self.decoder
        learned: Tensor = self.head(self.trunk(torch.cat([condition, z], dim=1)))
        return closed_form + learned

    def cloud(self, coefficients: Tensor) -> Tensor:
        """(N, K) -> (N, 10000, 3) points, metres."""
        flat = coefficients @ self.cloud_basis.float() + self.cloud_mean
        return flat.reshape(-1, CLOUD_POINTS, 3)

    def forward(self, measurements: Tensor, body_type: Tensor, z: Tensor) -> Tensor:
        return self.cloud(self.coefficients(measurements, body_type, z))


class Discriminator(nn.Module):  # type: ignore[misc]
    """(points, condition) -> logit, positive for a real body with its own measurements.

    Canonical points come in a fixed order that walks over the surface, so strided convolutions see patches of skin.
    """

    def __init__(self, surface: Surface, stride: int, width: int) -> None:
        """Look at every `stride`-th point; `width` is the size of both paths' summaries."""
        super().__init__()
        chosen = torch.arange(0, CLOUD_POINTS, stride)
        basis = surface.basis.float().reshape(len(surface.basis), CLOUD_POINTS, 3)[:, chosen]
        # Offsets from the mean body in units of the points' own spread, so that feet count as much as the belly.
        spread = basis.square().sum(dim=0).sqrt().clamp_min(1e-4)
        self.register_buffer("basis", (basis / spread).permute(0, 2, 1).reshape(len(basis), -1))
        self.points = nn.Sequential(
            nn.Conv1d(3, 32, kernel_size=8, stride=4),
            nn.SiLU(),
            nn.Conv1d(32, 64, kernel_size=8, stride=4),
            nn.SiLU(),
            nn.Conv1d(64, 96, kernel_size=8, stride=4),
            nn.SiLU(),
            nn.Flatten(),
            nn.LazyLinear(width),
            nn.SiLU(),
        )
        self.measurements = nn.Sequential(
            nn.Linear(MEASUREMENTS + 1, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU()
        )
        self.verdict = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, 1))
        self.points(self.offsets(torch.zeros(1, len(basis))))  # the first pass sizes the lazy layer

    def offsets(self, coefficients: Tensor) -> Tensor:
        """(N, K) shape coefficients -> (N, 3, P) points that the discriminator looks at, as scaled offsets."""
        return (coefficients @ self.basis).reshape(len(coefficients), 3, -1)

    def forward(self, offsets: Tensor, condition: Tensor) -> Tensor:
        paths = torch.cat([self.points(offsets), self.measurements(condition)], dim=1)
        logit: Tensor = self.verdict(paths)
        return logit


def _trunk(inputs: int, widths: Sequence[int]) -> nn.Sequential:
    """Linear, GroupNorm, SiLU for each width."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Linear(inputs, width), nn.GroupNorm(8, width), nn.SiLU()]
        inputs = width
    return nn.Sequential(*layers)
