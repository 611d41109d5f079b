from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from training.body import latent  # noqa: E402
from training.body.model import Discriminator, Generator, Scale, Surface, quadratic_features  # noqa: E402

LATENT = 6


@pytest.fixture
def generator(space) -> Generator:
    torch.manual_seed(0)
    scale = Scale(torch.full((15,), 800.0), torch.full((15,), 100.0))
    skip, decoder = 0.1 * torch.randn(153, space.size), 0.1 * torch.randn(LATENT, space.size)
    return Generator(scale, Surface.of(space), skip, decoder, (16, 24))


def requests(count: int):
    random = torch.Generator().manual_seed(count)
    measurements = 800.0 + 100.0 * torch.randn(count, 15, generator=random)
    return (
        measurements,
        torch.sign(torch.randn(count, 1, generator=random)),
        torch.randn(count, LATENT, generator=random),
    )


def test_training_starts_from_the_closed_form(generator: Generator) -> None:
    measurements, body_type, z = requests(4)
    features = quadratic_features(generator.scale.condition(measurements, body_type))
    expected = features @ generator.skip + z @ generator.decoder
    torch.testing.assert_close(generator.coefficients(measurements, body_type, z), expected)


def test_points_are_the_canonical_points_of_the_shape_space(generator: Generator, space) -> None:
    inputs = requests(2)
    clouds = generator(*inputs).detach().numpy()
    coefficients = generator.coefficients(*inputs).detach().numpy()
    for cloud, row in zip(clouds, coefficients, strict=True):
        np.testing.assert_allclose(cloud, space.cloud(row), atol=5e-4)
        np.testing.assert_allclose(space.fit_cloud(cloud), row, atol=0.02)


def test_a_body_does_not_depend_on_its_batch(generator: Generator) -> None:
    torch.nn.init.normal_(generator.head.weight, std=0.1)
    inputs = requests(5)
    together = generator.coefficients(*inputs)
    for index in range(5):
        alone = generator.coefficients(*(value[index : index + 1] for value in inputs))
        torch.testing.assert_close(alone[0], together[index], rtol=1e-4, atol=1e-5)


def test_features_are_all_products() -> None:
    features = quadratic_features(torch.tensor([[2.0, 3.0, 5.0]]), 3)
    assert features.tolist() == [[1.0, 2.0, 3.0, 5.0, 4.0, 6.0, 10.0, 9.0, 15.0, 25.0]]


def test_wild_measurements_are_cut_before_they_are_squared(generator: Generator) -> None:
    measurements, body_type, z = requests(1)
    far, further = (generator.coefficients(measurements.fill_(mm), body_type, z) for mm in (1500.0, 3000.0))
    torch.testing.assert_close(far, further)


def test_the_latent_spans_what_features_leave_open() -> None:
    random = torch.Generator().manual_seed(0)
    features = quadratic_features(torch.randn(4000, 3, generator=random), 3)
    truth = torch.randn(features.shape[1], 8, generator=random)
    hidden = torch.randn(4000, 2, generator=random)
    directions = torch.randn(2, 8, generator=random)
    coefficients = features @ truth + hidden @ directions
    weights = torch.rand(8, generator=random) + 0.5

    found = latent.fit(features, coefficients, weights, size=2, ridge=1e-9)
    codes = found.encode(features, coefficients)

    torch.testing.assert_close(found.skip, truth, atol=0.1, rtol=0.05)
    assert codes.std(dim=0).tolist() == pytest.approx([1.0, 1.0], abs=0.05)
    assert abs(torch.corrcoef(codes.T)[0, 1].item()) < 0.05
    inside = codes.abs().amax(dim=1) < 2.99
    rebuilt = features @ found.skip + codes @ found.decoder
    torch.testing.assert_close(rebuilt[inside], coefficients[inside], atol=1e-3, rtol=1e-3)
    moved = (found.decoder * weights).square().sum(dim=1)
    assert moved[0] > moved[1]


def test_the_discriminator_needs_both_paths(space) -> None:
    torch.manual_seed(0)
    judge = Discriminator(Surface.of(space), stride=40, width=16)
    offsets, condition = judge.offsets(torch.randn(3, space.size)), torch.randn(3, 16)
    verdict = judge(offsets, condition)
    assert verdict.shape == (3, 1)
    assert not torch.allclose(verdict, judge(offsets.flip(0), condition))
    assert not torch.allclose(verdict, judge(offsets, condition.flip(0)))
