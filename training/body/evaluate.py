"""Judge a trained generator: `python -m training.body.evaluate --config training/body/config.yaml`.

Writes `metrics.json` into the run's folder. Every reading is the tape measure's on the bodies as generated, before
the mesher corrects them. Three things are measured side by side: the generator; the closed-form quadratic
regression that it starts from; and plain linear regression. All get the same random z.
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

from anthropometry.measurements import NAMES
from bodymodel.section import OpenSectionError
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from training.body import latent
from training.body.dataset import Dataset, load_bodies
from training.body.model import Discriminator, Generator, Scale, Surface, quadratic_features
from training.body.population import read_records
from training.body.source import FloatArray
from training.body.train import TrainArguments

Maker = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(N, 15) millimetres, (N, 1) body types, (N, L) z -> (N, K) shape coefficients."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What all candidates are judged with."""

    space: ShapeSpace
    tape: TapeMeasure
    weights_mm: Tensor

    def readings(self, coefficients: Tensor) -> FloatArray:
        """(N, K) -> (N, 15) millimetres; NaN rows where the tape cannot go round."""
        mean, basis = self.space.rows(self.tape.touched)
        rows = np.full((len(coefficients), len(NAMES)), np.nan)
        for index, body in enumerate(coefficients.double().numpy()):
            try:
                rows[index] = self.tape.read(np.tensordot(body, basis, 1) + mean).values_mm
            except OpenSectionError:
                continue
        return rows

    def apart_mm(self, first: Tensor, second: Tensor) -> float:
        """Mean over bodies of the root mean square distance between their canonical points."""
        return float((((first - second) * self.weights_mm).square().sum(dim=1).sqrt()).mean())

    def errors(
        self, make: Maker, measurements: FloatArray, body_type: FloatArray, latent: int
    ) -> dict[str, Any]:
        """Asked against the tape, with random z: mean absolute error by name and over all, 99 % and unreadable."""
        z = torch.randn(len(measurements), latent, generator=torch.Generator().manual_seed(1))
        made = make(torch.from_numpy(measurements), torch.from_numpy(body_type), z)
        errors = np.abs(self.readings(made) - measurements)
        readable = np.isfinite(errors).all(axis=1)
        means = errors[readable].mean(axis=0)
        return {
            "bodies": len(errors),
            "unreadable": int((~readable).sum()),
            "mean_mm": round(float(means.mean()), 2),
            "p99_mm": round(float(np.percentile(errors[readable], 99)), 1),
            "by_name_mm": {name: round(float(value), 2) for name, value in zip(NAMES, means, strict=True)},
        }


def evaluate(arguments: TrainArguments, records: Path) -> dict[str, Any]:
    """All metrics of a finished run; the ANSUR II part is left out where `records` is absent."""
    torch.set_num_threads(1)
    template = Template.load(Path(arguments.models))
    space = ShapeSpace.load(Path(arguments.models), template)
    surface = Surface.of(space)
    bench = Bench(space, TapeMeasure(template), surface.weights_mm)
    seen, held_out = load_bodies(Path(arguments.bodies))
    generator, judge = restore(arguments, surface)
    candidates: dict[str, Maker] = {
        "generator": generator.coefficients,
        "quadratic_regression": closed_form(
            generator.scale, seen, surface.weights_mm, arguments, quadratic_features
        ),
        "linear_regression": closed_form(
            generator.scale, seen, surface.weights_mm, arguments, linear_features
        ),
    }
    groups = {"held_out_bodies": (held_out.measurements_mm, held_out.body_type)} | people(records)
    metrics: dict[str, Any] = {"training_bodies": len(seen)}
    with torch.no_grad():
        for group, (measurements, body_type) in groups.items():
            metrics[f"tape_error_{group}"] = {
                name: bench.errors(make, measurements, body_type, arguments.latent)
                for name, make in candidates.items()
            }
        metrics["realism"] = {
            name: realism(bench, make, seen, held_out, arguments.latent) for name, make in candidates.items()
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


def realism(
    bench: Bench, make: Maker, seen: Dataset, held_out: Dataset, latent_size: int
) -> dict[str, float]:
    """How bodies with random z compare with the real ones of the same measurements.

    `diversity_mm` is the distance between two bodies of one condition; `frechet_mm` the Frechet distance between
    generated and real bodies as normal distributions, each coefficient in millimetres of surface. That one
    takes the training bodies: on few bodies it would mostly show how few they are.
    """
    random = torch.Generator().manual_seed(2)

    def made(bodies: Dataset) -> Tensor:
        z = torch.randn(len(bodies), latent_size, generator=random)
        return make(torch.from_numpy(bodies.measurements_mm), torch.from_numpy(bodies.body_type), z)

    first, second = made(held_out), made(held_out)
    clouds = [
        coefficients * bench.weights_mm for coefficients in (made(seen), torch.from_numpy(seen.coefficients))
    ]
    return {
        "diversity_mm": round(bench.apart_mm(first, second), 2),
        "distance_to_the_real_body_mm": round(
            bench.apart_mm(first, torch.from_numpy(held_out.coefficients)), 2
        ),
        "frechet_mm": round(frechet(clouds[0].numpy(), clouds[1].numpy()), 2),
    }


def frechet(first: FloatArray, second: FloatArray) -> float:
    """Frechet distance between two samples (N, K) seen as normal distributions, in their unit."""
    covariances = [np.cov(sample.T.astype(np.float64)) for sample in (first, second)]
    roots = np.linalg.eigvals(covariances[0] @ covariances[1]).real.clip(0.0)
    shift = np.square(first.mean(axis=0) - second.mean(axis=0)).sum()
    spread = np.trace(covariances[0]) + np.trace(covariances[1]) - 2.0 * np.sqrt(roots).sum()
    return float(np.sqrt(max(shift + spread, 0.0)))


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
