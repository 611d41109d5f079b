from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bodymodel.section import OpenSectionError  # noqa: E402
from bodymodel.tape import TapeMeasure  # noqa: E402
from training.body.losses import TapeLoss, discriminator_loss, diversity_guard, surface_loss  # noqa: E402
from training.body.model import Discriminator, Surface  # noqa: E402


def test_the_tape_reads_what_the_tape_measure_reads(space, tape) -> None:
    coefficients = 0.3 * np.random.default_rng(0).standard_normal((3, space.size))
    readings = TapeLoss(space, tape, 5.0).readings(torch.from_numpy(coefficients.astype(np.float32)))
    expected = [tape.measure(space.vertices(row)) for row in coefficients]
    np.testing.assert_allclose(readings.numpy(), expected, atol=0.01)


def test_the_derivative_of_the_tape_is_its_slope(space, tape) -> None:
    touched = space.rows(tape.touched)
    start = 0.3 * np.random.default_rng(1).standard_normal(space.size)
    direction = np.random.default_rng(2).standard_normal(space.size)
    coefficients = torch.from_numpy(start.astype(np.float32))[None].requires_grad_()

    readings = TapeLoss(space, tape, 5.0).readings(coefficients)

    step = 1e-4
    slopes = [tape.read(touched.at(start + sign * step * direction)).values_mm for sign in (1, -1)]
    for index in range(15):
        (gradient,) = torch.autograd.grad(readings[0, index], coefficients, retain_graph=True)
        slope = (slopes[0][index] - slopes[1][index]) / (2 * step)
        assert gradient[0].numpy() @ direction == pytest.approx(slope, rel=2e-2, abs=0.2)


class _TapeThatSlips(TapeMeasure):
    """Cannot go round the second body of a batch."""

    def __init__(self, tape) -> None:
        self._inner, self._count, self.touched = tape, 0, tape.touched

    def read(self, points):
        self._count += 1
        if self._count == 2:
            raise OpenSectionError("slipped")
        return self._inner.read(points)

    def gradient(self, points, reading):
        return self._inner.gradient(points, reading)


def test_a_body_that_cannot_be_measured_teaches_nothing(space, tape) -> None:
    coefficients = torch.zeros(3, space.size, requires_grad=True)
    loss = TapeLoss(space, _TapeThatSlips(tape), 5.0)(coefficients, torch.full((3, 15), 500.0))
    loss.backward()
    assert torch.isfinite(loss)
    assert coefficients.grad[0].abs().sum() > 0
    assert coefficients.grad[1].abs().sum() == 0
    assert torch.equal(coefficients.grad[0], coefficients.grad[2])


def test_the_surface_loss_is_a_distance_between_clouds(space) -> None:
    surface = Surface.of(space)
    one, other = torch.zeros(1, space.size), 0.5 * torch.eye(space.size)[:1]
    distance_cm = 100.0 * (0.5 * surface.basis[0].float()).reshape(-1, 3).norm(dim=1).square().mean().sqrt()
    assert surface_loss(one, other, surface.weights_mm).item() == pytest.approx(
        distance_cm.item() ** 2, rel=1e-4
    )


def test_the_guard_bites_only_when_z_is_ignored() -> None:
    weights = torch.ones(4)
    expected = torch.randn(8, 4, generator=torch.Generator().manual_seed(0))
    same = torch.zeros(8, 4, requires_grad=True)

    assert diversity_guard(expected, torch.zeros(8, 4), expected, weights, 0.8).item() == 0.0
    ignored = diversity_guard(same, torch.zeros(8, 4), expected, weights, 0.8)
    assert ignored.item() == pytest.approx(1.0, abs=0.01)
    nearly = diversity_guard(0.4 * expected, torch.zeros(8, 4), expected, weights, 0.8)
    assert nearly.item() == pytest.approx(0.25, abs=0.01)


def test_the_discriminator_is_held_back_by_its_slope_on_real_pairs(space) -> None:
    torch.manual_seed(0)
    judge = Discriminator(Surface.of(space), stride=40, width=16)
    real, fake = judge.offsets(torch.randn(5, space.size)), judge.offsets(torch.randn(5, space.size))
    condition = torch.randn(5, 16)

    free, right = discriminator_loss(judge, real, fake, condition, 0.0)
    held, _ = discriminator_loss(judge, real, fake, condition, 10.0)

    points, about = real.clone().requires_grad_(), condition.clone().requires_grad_()
    slopes = torch.autograd.grad(judge(points, about).sum(), [points, about])
    steepness = sum(slope.flatten(1).square().sum(dim=1) for slope in slopes).mean()
    assert (held - free).item() == pytest.approx(5.0 * steepness.item(), rel=1e-4)
    assert 0.0 <= right.item() <= 1.0
