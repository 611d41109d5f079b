"""A whole tiny run: train, judge, export."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("yaml")

from anthropometry.measurements import MEASUREMENTS  # noqa: E402
from anthropometry.population import Population  # noqa: E402
from bodymodel.shape import NETWORK_GRID, on_grid  # noqa: E402
from training.body.card import card  # noqa: E402
from training.body.dataset import load_bodies, sample_people  # noqa: E402
from training.body.evaluate import evaluate, restore  # noqa: E402
from training.body.export import Served, export, largest_difference_m  # noqa: E402
from training.body.model import Surface  # noqa: E402
from training.body.train import TrainArguments, ablated, half_cosine, train  # noqa: E402

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def arguments(bodies_file: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainArguments:
    committed = TrainArguments.read(ROOT / "training" / "body" / "config.yaml")
    return replace(
        committed,
        bodies=str(bodies_file),
        models=str(ROOT / "models"),
        output=str(tmp_path_factory.mktemp("run")),
        people=12,
        latent=4,
        ridge=0.1,
        widths=(16, 24),
        judge_stride=40,
        judge_width=16,
        steps=6,
        batch=8,
        measured=8,
        log_every=2,
    )


@pytest.fixture(scope="module")
def trained(arguments: TrainArguments):
    return train(arguments)


def test_the_same_configuration_gives_the_same_weights(arguments, trained, tmp_path: Path) -> None:
    again = train(replace(arguments, output=str(tmp_path)))
    other = train(replace(arguments, output=str(tmp_path), seed=arguments.seed + 1))
    first = trained.state_dict()
    assert all(torch.equal(value, first[name]) for name, value in again.state_dict().items())
    assert not torch.equal(other.state_dict()["head.weight"], first["head.weight"])


def test_a_run_leaves_all_that_rebuilds_it(arguments, trained) -> None:
    run = Path(arguments.output)
    assert TrainArguments.read(run / "config.yaml") == arguments
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [0, 2, 4, 5]
    assert all(np.isfinite(value) for line in lines for value in line.values())


def test_training_learns_what_the_closed_form_missed(arguments, tmp_path: Path) -> None:
    longer = replace(
        arguments, output=str(tmp_path), steps=40, average=0.8, log_every=1, adversarial_weight=0.0
    )
    train(longer)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    first, last = (np.mean([line["tape"] for line in part]) for part in (lines[:4], lines[-4:]))
    assert last < 0.7 * first


def test_a_finished_run_can_be_judged_and_exported(arguments, trained, space, tmp_path: Path) -> None:
    metrics = evaluate(arguments, records=tmp_path / "absent")
    assert metrics["training_bodies"] == 40
    judged = metrics["tape_error_held_out_bodies"]["generator"]
    assert judged["bodies"] == 8
    assert judged["unreadable"] == 0
    assert judged["mean_mm"] == pytest.approx(np.mean(list(judged["by_name_mm"].values())), abs=0.01)
    corrected = metrics["corrected_held_out_bodies"]
    assert corrected["mean_mm"] < judged["mean_mm"]
    assert metrics["spread"]["people"] > 0
    assert metrics["likeness"]["generator"]["diversity_mm"] > 0
    assert 0.0 <= metrics["distribution"]["generator"]["one_nna"] <= 1.0
    assert set(metrics["likeness"]) == {"generator", "quadratic_regression", "linear_regression"}
    text = card(metrics)
    assert f"| **this network** | {judged['mean_mm']:.2f} (" in text
    assert "40 synthetic bodies" in text

    generator, _ = restore(arguments, Surface.of(space))
    assert all(
        torch.equal(value, trained.state_dict()[name]) for name, value in generator.state_dict().items()
    )
    export(generator, tmp_path / "model.onnx", arguments.latent)
    bodies, _ = load_bodies(Path(arguments.bodies))
    assert largest_difference_m(generator, tmp_path / "model.onnx", bodies, arguments.latent) < 2e-5
    with torch.no_grad():
        generator.head.bias += 0.1
    assert largest_difference_m(generator, tmp_path / "model.onnx", bodies, arguments.latent) > 1e-3


def test_the_served_network_leaves_its_coefficients_on_the_grid(arguments, trained, space) -> None:
    bodies, _ = load_bodies(Path(arguments.bodies))
    asked = torch.from_numpy(bodies.measurements_mm[:8]), torch.from_numpy(bodies.body_type[:8])
    z = torch.randn(8, arguments.latent, generator=torch.Generator().manual_seed(0))
    served = Served(trained).eval()
    with torch.no_grad():
        together = served.coefficients(*asked, z)
        alone = torch.cat([served.coefficients(*(part[i : i + 1] for part in (*asked, z))) for i in range(8)])
        trained_ones = trained.coefficients(*asked, z)
        clouds = served(*asked, z).numpy()
    steps = together.double() / NETWORK_GRID
    assert torch.equal(steps, steps.round())
    assert torch.equal(together, alone)
    torch.testing.assert_close(together, trained_ones, rtol=0.0, atol=0.51 * NETWORK_GRID)
    for cloud, row in zip(clouds, together.numpy(), strict=True):
        np.testing.assert_array_equal(on_grid(space.fit_cloud(cloud), NETWORK_GRID), row)


def test_a_run_on_another_shape_space_is_refused(arguments, trained, space) -> None:
    surface = Surface.of(space)
    with pytest.raises(ValueError, match="another shape space"):
        restore(arguments, replace(surface, basis=1.01 * surface.basis))


def test_held_out_bodies_are_not_trained_on(bodies_file: Path) -> None:
    seen, held_out = load_bodies(bodies_file)
    assert (len(seen), len(held_out)) == (40, 8)
    assert seen.body_type.shape == (40, 1)
    with np.load(bodies_file) as data:
        everything = np.concatenate([seen.coefficients, held_out.coefficients])
        np.testing.assert_array_equal(everything, data["coefficients"].astype(np.float32))


def test_people_are_drawn_from_the_population() -> None:
    population = Population.load(ROOT / "models")
    measurements, body_type = sample_people(population, 4000, seed=0)
    again, _ = sample_people(population, 4000, seed=0)
    np.testing.assert_array_equal(measurements, again)
    for part, crowd in ((slice(0, 2000), population.feminine), (slice(2000, None), population.masculine)):
        np.testing.assert_allclose(np.log(measurements[part]).mean(axis=0), crowd.mean[:15], atol=0.012)
    assert [(body_type == kind).mean() for kind in (-1.0, 0.0, 1.0)] == pytest.approx([1 / 3] * 3, abs=0.01)
    for column, measurement in zip(measurements.T, MEASUREMENTS, strict=True):
        assert measurement.lowest_mm <= column.min()
        assert column.max() <= measurement.highest_mm


def test_what_is_left_out_of_a_training_makes_no_difference_to_it(arguments, tmp_path: Path) -> None:
    for part, gone in (("gan", "adversarial_weight"), ("tape", "tape_weight")):
        other = ablated(arguments, part)
        assert getattr(other, gone) == 0.0
        assert other.output.endswith(f"-without-{part}")
    generator = train(replace(ablated(arguments, "skip"), output=str(tmp_path)))
    assert not generator.skip.any()
    with pytest.raises(ValueError, match="no such part"):
        ablated(arguments, "judge")


def test_the_rate_falls_along_a_half_cosine() -> None:
    assert [half_cosine(share) for share in (0.0, 0.5, 1.0, 1.2)] == pytest.approx([1.0, 0.5, 0.0, 0.0])


def test_a_configuration_with_a_typing_error_is_refused(tmp_path: Path) -> None:
    text = (ROOT / "training" / "body" / "config.yaml").read_text().replace("batch:", "batches:")
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(TypeError, match="batches"):
        TrainArguments.read(tmp_path / "config.yaml")
