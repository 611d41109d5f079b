"""What the network is given and what is taken from it."""

from __future__ import annotations

import numpy as np
import pytest

from anthropometry.measurements import NAMES
from atelierkit.errors import TimedOut, Unavailable
from services.generator.adapters.network import latent
from services.generator.domain.model import BodySpec, BodyType
from tests.unit.generator.world import WOMAN


def test_the_most_typical_person_has_no_deviation() -> None:
    assert latent(0).tolist() == [0.0] * 32
    assert latent(0).dtype == np.float32


def test_a_seed_stands_for_the_same_numbers_for_ever() -> None:
    # Written down once: records that hold a seed must find their person again.
    assert latent(1)[:4].tolist() == pytest.approx([-0.5604212, -0.4242150, 0.1559842, 2.2930801], abs=1e-6)
    assert latent(2**32 - 1).shape == (32,)


def test_seeds_draw_from_the_standard_normal_distribution() -> None:
    drawn = np.concatenate([latent(seed) for seed in range(1, 2001)])
    assert np.isfinite(drawn).all()
    assert abs(drawn.mean()) < 4 / np.sqrt(drawn.size)
    assert drawn.std() == pytest.approx(1.0, abs=0.01)
    assert np.mean(np.abs(drawn) < 1.0) == pytest.approx(0.6827, abs=0.01)
    assert len(np.unique(drawn)) > 0.999 * drawn.size


async def test_inputs_are_the_models(world) -> None:
    spec = BodySpec(WOMAN.measurements_mm, BodyType.MASCULINE, seed=5)
    targets = world.estimate(spec)
    await world.network.points(spec, targets)
    inputs = world.inference.inputs
    assert {name: (array.shape, array.dtype) for name, array in inputs.items()} == {
        "measurements": ((1, 15), np.float32),
        "body_type": ((1, 1), np.float32),
        "z": ((1, 32), np.float32),
    }
    assert inputs["measurements"][0].tolist() == pytest.approx([target.value_mm for target in targets])
    assert inputs["measurements"][0, NAMES.index("waist_girth")] == 820.5
    assert inputs["z"][0].tolist() == latent(5).tolist()


@pytest.mark.parametrize(
    ("body_type", "value"), [(BodyType.FEMININE, 1.0), (BodyType.MASCULINE, -1.0), (BodyType.NEUTRAL, 0.0)]
)
async def test_body_types_are_told_by_sign(world, body_type, value) -> None:
    spec = BodySpec({}, body_type)
    await world.network.points(spec, world.estimate(spec))
    assert world.inference.inputs["body_type"].tolist() == [[value]]


async def test_points_are_little_endian_floats_in_the_models_order(world) -> None:
    points = np.arange(30_000, dtype=np.float32).reshape(1, 10_000, 3) / 1e4
    world.inference.answer = points
    data = await world.network.points(WOMAN, world.estimate(WOMAN))
    assert np.array_equal(np.frombuffer(data, "<f4").reshape(10_000, 3), points[0])


@pytest.mark.parametrize(
    "answer",
    [
        np.zeros((1, 9_999, 3), np.float32),
        np.zeros((10_000, 3), np.float32),
        np.full((1, 10_000, 3), np.nan, np.float32),
        np.full((1, 10_000, 3), np.inf, np.float32),
    ],
)
async def test_points_that_nobody_can_use_are_a_broken_contract(world, answer) -> None:
    world.inference.answer = answer
    with pytest.raises(ValueError, match="points"):
        await world.network.points(WOMAN, world.estimate(WOMAN))


async def test_a_network_that_is_late_is_away(world) -> None:
    world.inference.error = TimedOut("the inference did not finish in time")
    with pytest.raises(Unavailable) as away:
        await world.network.points(WOMAN, world.estimate(WOMAN))
    assert away.value.retry_after_s == 1.0
