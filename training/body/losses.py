"""What the two networks are trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the name that every torch program uses
from torch import Tensor

from anthropometry.measurements import NAMES
from bodymodel.section import OpenSectionError
from bodymodel.shape import GAP_M, ShapeSpace
from bodymodel.tape import TapeMeasure
from training.body.model import Discriminator


class _Readings(torch.autograd.Function):  # type: ignore[misc]
    """The tape measure as a differentiable function: its own exact readings and derivatives, body by body.

    5 ms a body, as much as a batched re-implementation on one core takes, and nothing to keep in step.
    """

    @staticmethod
    def forward(context: Any, points: Tensor, tape: TapeMeasure) -> Tensor:
        """(N, U, 3) touched vertices -> (N, 15) millimetres; NaN for a body that the tape cannot go round."""
        bodies = points.detach().cpu().numpy()
        values = np.full((len(bodies), len(NAMES)), np.nan, np.float32)
        context.gradients = {}
        for index, body in enumerate(bodies):
            try:
                reading = tape.read(body)
            except OpenSectionError:
                continue
            values[index] = reading.values_mm
            context.gradients[index] = tape.gradient(body, reading)
        context.shape, context.device = points.shape, points.device
        return torch.from_numpy(values).to(points.device)

    @staticmethod
    def backward(context: Any, *upstream: Tensor) -> tuple[Tensor, None]:
        """Pull the loss' derivatives by the readings back to the vertices."""
        pulled = np.zeros((context.shape[0], context.shape[1] * 3), np.float32)
        by_reading = upstream[0].cpu().numpy()
        for index, gradient in context.gradients.items():
            pulled[index] = by_reading[index] @ gradient
        return torch.from_numpy(pulled).reshape(context.shape).to(context.device), None


class TapeLoss:
    """How far the tape on generated bodies is from what was asked."""

    def __init__(
        self, space: ShapeSpace, tape: TapeMeasure, unit_mm: float, device: torch.device | str = "cpu"
    ) -> None:
        """Errors beyond `unit_mm` count linearly, smaller ones by their square."""
        rows = space.rows(tape.touched)
        self._mean = torch.from_numpy(rows.mean.astype(np.float32)).to(device)
        self._basis = torch.from_numpy(rows.basis.astype(np.float32)).to(device)
        self._side = torch.from_numpy(rows.side.astype(np.float32)).to(device)
        self._tape = tape
        self._unit_mm = unit_mm

    def readings(self, coefficients: Tensor) -> Tensor:
        """(N, K) -> (N, 15) millimetres, differentiable; NaN for a body that the tape cannot go round."""
        offsets = (coefficients @ self._basis).reshape(len(coefficients), *self._mean.shape)
        points = self._mean + offsets
        # As in `Rows.at`: both halves keep to their own side.
        pressed = (self._side != 0.0) & (self._side * points[..., 0] <= GAP_M)
        sideways = torch.where(pressed, GAP_M * self._side, points[..., 0])
        points = torch.cat([sideways[..., None], points[..., 1:]], dim=2)
        readings: Tensor = _Readings.apply(points, self._tape)
        return readings

    def __call__(self, coefficients: Tensor, asked_mm: Tensor) -> Tensor:
        readings = self.readings(coefficients)
        readable = readings.isfinite().all(dim=1)
        errors = (readings[readable] - asked_mm[readable]) / self._unit_mm
        return F.huber_loss(errors, torch.zeros_like(errors))


def surface_loss(coefficients: Tensor, real: Tensor, weights_mm: Tensor) -> Tensor:
    """Mean squared distance between canonical points of generated and real bodies, square centimetres."""
    return ((coefficients - real) * weights_mm / 10.0).square().sum(dim=1).mean()


def diversity_guard(
    first: Tensor, second: Tensor, expected: Tensor, weights_mm: Tensor, share: float
) -> Tensor:
    """Penalty when two z give bodies that are nearer than real bodies of equal measurements are.

    `first`, `second` (N, K) come from one condition and two z; `expected` (N, K) is their difference by the linear
    decoder, that is, as the residuals of real bodies have it. Nothing is asked beyond `share` of that.
    """
    apart = ((first - second) * weights_mm).square().sum(dim=1).add(1e-6).sqrt()
    wanted = share * (expected * weights_mm).square().sum(dim=1).sqrt()
    return F.relu(1.0 - apart / wanted).square().mean()


def discriminator_loss(
    judge: Discriminator, real: Tensor, fake: Tensor, condition: Tensor, real_penalty: float
) -> tuple[Tensor, Tensor]:
    """Logistic loss with the R1 penalty on real pairs, and the share of verdicts that were right.

    `real` and `fake` (N, 3, P) are scaled offsets as `Discriminator.offsets` gives them, both for `condition` (N, 16).
    """
    real, condition_of_real = real.requires_grad_(), condition.clone().requires_grad_()
    says_real, says_fake = judge(real, condition_of_real), judge(fake, condition)
    slopes = torch.autograd.grad(says_real.sum(), [real, condition_of_real], create_graph=True)
    steepness = sum(slope.flatten(1).square().sum(dim=1) for slope in slopes)
    loss = (
        F.softplus(-says_real).mean() + F.softplus(says_fake).mean() + 0.5 * real_penalty * steepness.mean()
    )
    right = torch.cat([says_real > 0, says_fake < 0]).float().mean()
    return loss, right.detach()


def adversarial_loss(judge: Discriminator, fake: Tensor, condition: Tensor) -> Tensor:
    """Non-saturating logistic loss of the generator."""
    return F.softplus(-judge(fake, condition)).mean()
