"""Judge trained generators: `python -m training.body.evaluate --config training/body/config.yaml`.

Writes `metrics.json` into the run's folder. Readings are the tape measure's, on the bodies as generated and after the
correction that the mesher makes. Side by side: the generator; its ablations, where they were trained; the closed-form
quadratic regression that it starts from; and plain linear regression. All get the same random z.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from anthropometry.measurements import MEASUREMENTS, NAMES
from bodymodel.correct import Correction, ShapeTape, correct
from bodymodel.guard import Guard
from bodymodel.section import OpenSectionError
from bodymodel.shape import NETWORK_GRID, ShapeSpace, on_grid
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from training.body import latent, realism
from training.body.dataset import Dataset, load_bodies
from training.body.model import Discriminator, Generator, Scale, Surface, quadratic_features
from training.body.population import read_records
from training.body.source import FloatArray
from training.body.train import ABLATIONS, TrainArguments, ablated

Maker = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(N, 15) millimetres, (N, 1) body types, (N, L) z -> (N, K) shape coefficients."""

COMPARED = 80
"""Generated and real bodies that are compared by Chamfer distance: 13,000 pairs take four minutes of one core."""
DISTRIBUTED = ("generator", "without_gan", "quadratic_regression")
"""Candidates that are compared so."""
_ISO_LIMITS = np.array([measurement.iso_20685_limit_mm for measurement in MEASUREMENTS])


@dataclass(frozen=True, slots=True)
class Bench:
    """What all candidates are judged with."""

    space: ShapeSpace
    tape: ShapeTape
    guard: Guard
    weights_mm: Tensor
    latent: int

    @classmethod
    def load(cls, models: Path, latent: int) -> Bench:
        """The committed body model."""
        template = Template.load(models)
        space = ShapeSpace.load(models, template)
        tape = ShapeTape(space, TapeMeasure(template))
        return cls(space, tape, Guard.of(template, space), Surface.of(space).weights_mm, latent)

    def made(self, make: Maker, measurements: FloatArray, body_type: FloatArray, seed: int) -> Tensor:
        """(N, K) bodies with random z."""
        z = torch.randn(len(measurements), self.latent, generator=torch.Generator().manual_seed(seed))
        return make(torch.from_numpy(measurements), torch.from_numpy(body_type), z)

    def readings(self, coefficients: Tensor) -> FloatArray:
        """(N, K) -> (N, 15) millimetres; NaN rows where the tape cannot go round."""
        rows = np.full((len(coefficients), len(NAMES)), np.nan)
        for index, body in enumerate(coefficients.double().numpy()):
            try:
                rows[index] = self.tape.read(body).values_mm
            except OpenSectionError:
                continue
        return rows

    def corrected(self, coefficients: Tensor, asked_mm: FloatArray) -> list[Correction]:
        """Each body closed on its own measurements, as the mesher does it."""
        bodies = on_grid(coefficients.double().numpy(), NETWORK_GRID)
        return [
            correct(self.tape, self.guard, body, asked.astype(np.float64))
            for body, asked in zip(bodies, asked_mm, strict=True)
        ]

    def apart_mm(self, first: Tensor, second: Tensor) -> float:
        """Mean over bodies of the root mean square distance between their canonical points."""
        return float((((first - second) * self.weights_mm).square().sum(dim=1).sqrt()).mean())

    def clouds(self, coefficients: FloatArray) -> list[FloatArray]:
        """The 10,000 points of each body, metres."""
        return [self.space.cloud(body) for body in coefficients]


def summary(errors: FloatArray) -> dict[str, Any]:
    """Mean absolute error by name and over all, and the 99th percentile, of (N, 15) errors; NaN rows are counted."""
    readable = np.isfinite(errors).all(axis=1)
    sizes = np.abs(errors[readable])
    means = sizes.mean(axis=0)
    return {
        "bodies": len(errors),
        "unreadable": int((~readable).sum()),
        "mean_mm": round(float(means.mean()), 3),
        "p99_mm": round(float(np.percentile(sizes, 99)), 2),
        "by_name_mm": {name: round(float(value), 3) for name, value in zip(NAMES, means, strict=True)},
    }


def after_correction(
    bench: Bench, make: Maker, measurements: FloatArray, body_type: FloatArray
) -> dict[str, Any]:
    """The same errors once the correction has closed the loop on the tape, and what it could not deliver."""
    corrections = bench.corrected(bench.made(make, measurements, body_type, seed=1), measurements)
    errors = np.array([one.delivered_mm for one in corrections]) - measurements
    feasible = np.array([one.feasible for one in corrections])
    return summary(errors) | {
        "within_iso_20685": round(float((np.abs(errors) <= _ISO_LIMITS).all(axis=1).mean()), 5),
        "infeasible_people": int((~feasible.all(axis=1)).sum()),
        "worst_feasible_mm": round(float(np.abs(errors[feasible]).max()), 2),
        "steps_mean": round(float(np.mean([one.iterations for one in corrections])), 2),
    }


def spread(bench: Bench, make: Maker, bodies: Dataset) -> dict[str, float]:
    """How far two people of the same measurements are apart, once both measure exactly that.

    Mean distance of body vertices after rigid alignment of the two, mean and smallest over the people; and the
    largest difference between two readings.
    """
    asked, body_type = bodies.measurements_mm, bodies.body_type
    pairs = [bench.corrected(bench.made(make, asked, body_type, seed), asked) for seed in (3, 4)]
    distances, differences = [], []
    for first, second in zip(*pairs, strict=True):
        if not (first.feasible.all() and second.feasible.all()):
            continue
        count = bench.space.body_vertices
        surfaces = [bench.space.vertices(one.coefficients)[:count] for one in (first, second)]
        distances.append(aligned_distance(*surfaces) * realism.MM)
        differences.append(np.abs(first.delivered_mm - second.delivered_mm).max())
    return {
        "people": len(distances),
        "mean_mm": round(float(np.mean(distances)), 2),
        "smallest_mm": round(float(np.min(distances)), 2),
        "largest_difference_of_a_reading_mm": round(float(np.max(differences)), 3),
    }


def aligned_distance(first: FloatArray, second: FloatArray) -> float:
    """Mean distance of corresponding points (n, 3) after the rigid motion that brings them nearest (Kabsch)."""
    a, b = first - first.mean(axis=0), second - second.mean(axis=0)
    left, _, right = np.linalg.svd(a.T @ b)
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return float(np.linalg.norm(a @ (left * flip @ right) - b, axis=1).mean())


def distribution(bench: Bench, make: Maker, held_out: Dataset) -> dict[str, float]:
    """1-NNA, COV and MMD against held-out bodies.

    Requests are those of one half of them and the real bodies the other half: nobody meets the body whose
    measurements it was made from.
    """
    count = min(COMPARED, len(held_out) // 2)
    asked, real = slice(0, count), slice(count, 2 * count)
    made = bench.made(make, held_out.measurements_mm[asked], held_out.body_type[asked], seed=2).numpy()
    clouds = bench.clouds(made) + bench.clouds(held_out.coefficients[real])
    return {"bodies": count, **realism.two_sample(realism.chamfer_matrix_mm2(clouds), len(made))}


def likeness(bench: Bench, make: Maker, seen: Dataset, held_out: Dataset) -> dict[str, float]:
    """What can be told from coefficients alone.

    `diversity_mm` is the distance between two bodies of one condition; `frechet_mm` the Frechet distance between
    generated and training bodies, which are more than the held-out ones; the nearest training body is looked for
    from generated and from held-out bodies: a network that repeats bodies by heart would be nearer than those are.
    """
    asked, body_type = held_out.measurements_mm, held_out.body_type
    first, second = (bench.made(make, asked, body_type, seed) for seed in (2, 3))
    real = torch.from_numpy(held_out.coefficients)
    weights = bench.weights_mm.numpy()
    training = seen.coefficients * weights
    everybody = bench.made(make, seen.measurements_mm, seen.body_type, seed=5).numpy() * weights
    from_training = realism.nearest(first.numpy() * weights, training)
    from_training_held_out = realism.nearest(held_out.coefficients * weights, training)
    return {
        "diversity_mm": round(bench.apart_mm(first, second), 2),
        "distance_to_the_real_body_mm": round(bench.apart_mm(first, real), 2),
        "frechet_mm": round(realism.frechet(everybody, training), 2),
        "nearest_training_body_mm": round(float(from_training.mean()), 2),
        "nearest_training_body_smallest_mm": round(float(from_training.min()), 2),
        "nearest_training_body_of_held_out_mm": round(float(from_training_held_out.mean()), 2),
    }


def evaluate(arguments: TrainArguments, records: Path) -> dict[str, Any]:
    """All metrics of a finished run; the ANSUR II part is left out where `records` is absent."""
    torch.set_num_threads(1)
    bench = Bench.load(Path(arguments.models), arguments.latent)
    surface = Surface.of(bench.space)
    seen, held_out = load_bodies(Path(arguments.bodies))
    generator, judge = restore(arguments, surface)
    candidates: dict[str, Maker] = {"generator": generator.coefficients}
    for part in ABLATIONS:
        other = ablated(arguments, part)
        if (Path(other.output) / "generator.pt").is_file():
            candidates[f"without_{part}"] = restore(other, surface)[0].coefficients
    for name, features in (("quadratic", quadratic_features), ("linear", linear_features)):
        candidates[f"{name}_regression"] = closed_form(
            generator.scale, seen, surface.weights_mm, arguments, features
        )
    groups = {"held_out_bodies": (held_out.measurements_mm, held_out.body_type)} | people(records)
    metrics: dict[str, Any] = {"training_bodies": len(seen)}
    with torch.no_grad():
        for group, asked in groups.items():
            metrics[f"tape_error_{group}"] = {
                name: summary(bench.readings(bench.made(make, *asked, seed=1)) - asked[0])
                for name, make in candidates.items()
            }
            metrics[f"corrected_{group}"] = after_correction(bench, generator.coefficients, *asked)
        metrics["spread"] = spread(bench, generator.coefficients, held_out.part(0, COMPARED))
        metrics["likeness"] = {
            name: likeness(bench, make, seen, held_out) for name, make in candidates.items()
        }
        metrics["distribution"] = {
            name: distribution(bench, candidates[name], held_out)
            for name in DISTRIBUTED
            if name in candidates
        }
        metrics["discriminator_accuracy_held_out"] = accuracy(generator, judge, held_out, arguments.latent)
    return metrics


def restore(arguments: TrainArguments, surface: Surface) -> tuple[Generator, Discriminator]:
    """The networks of a finished run; ValueError when the shape space was baked anew since."""
    run = Path(arguments.output)
    weights = torch.load(run / "generator.pt", weights_only=True)
    if not torch.equal(weights["cloud_basis"], surface.basis):
        raise ValueError(f"{run} was trained on another shape space: train again")
    scale = Scale(weights["mean"], weights["deviation"])
    generator = Generator(scale, surface, weights["skip"], weights["decoder"], arguments.widths)
    generator.load_state_dict(weights)
    judge = Discriminator(surface, arguments.judge_stride, arguments.judge_width)
    judge.load_state_dict(torch.load(run / "discriminator.pt", weights_only=True))
    return generator.eval(), judge.eval()


def linear_features(condition: Tensor) -> Tensor:
    """(N, C) -> (N, 1 + C)."""
    return torch.cat([torch.ones_like(condition[:, :1]), condition], dim=1)


def closed_form(
    scale: Scale,
    seen: Dataset,
    weights_mm: Tensor,
    arguments: TrainArguments,
    features: Callable[[Tensor], Tensor],
) -> Maker:
    """Regression on the training bodies, with z along the principal directions of what it misses."""
    measurements, body_type = torch.from_numpy(seen.measurements_mm), torch.from_numpy(seen.body_type)
    known = features(scale.condition(measurements, body_type))
    coefficients = torch.from_numpy(seen.coefficients)
    fitted = latent.fit(known, coefficients, weights_mm, arguments.latent, arguments.ridge)

    def make(measurements: Tensor, body_type: Tensor, z: Tensor) -> Tensor:
        return features(scale.condition(measurements, body_type)) @ fitted.skip + z @ fitted.decoder

    return make


def people(records: Path) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Measurements and body types of the ANSUR II people, if their records are at hand."""
    if not records.is_dir():
        return {}
    tables = [(read_records(records / "female.csv"), 1.0), (read_records(records / "male.csv"), -1.0)]
    measurements = np.concatenate([table[:, : len(NAMES)] for table, _ in tables]).astype(np.float32)
    body_type = np.concatenate([np.full((len(table), 1), kind, np.float32) for table, kind in tables])
    return {"ansur2": (measurements, body_type)}


def accuracy(
    generator: Generator, judge: Discriminator, held_out: Dataset, latent_size: int
) -> dict[str, float]:
    """Share of real and of generated held-out bodies that the discriminator calls by their name."""
    measurements, body_type = torch.from_numpy(held_out.measurements_mm), torch.from_numpy(held_out.body_type)
    condition = generator.scale.condition(measurements, body_type)
    z = torch.randn(len(held_out), latent_size, generator=torch.Generator().manual_seed(3))
    made = generator.coefficients(measurements, body_type, z)
    real = judge(judge.offsets(torch.from_numpy(held_out.coefficients)), condition) > 0
    fake = judge(judge.offsets(made), condition) < 0
    return {"real": round(float(real.float().mean()), 3), "generated": round(float(fake.float().mean()), 3)}


def main() -> None:
    """Judge the run of a configuration file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--config", type=Path, default=Path("training/body/config.yaml"))
    parser.add_argument("--records", type=Path, default=Path("../shared/data/ansur2"))
    options = parser.parse_args()
    arguments = TrainArguments.read(options.config)
    metrics = evaluate(arguments, options.records)
    (Path(arguments.output) / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    print(json.dumps(metrics, indent=2))


if __name__ == "__main__":
    main()
