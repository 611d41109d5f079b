"""Training pairs: bodies with what the tape reads on them, and conditions of the people who will ask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anthropometry.measurements import MEASUREMENTS
from anthropometry.population import Population
from training.body.source import FloatArray


@dataclass(frozen=True, slots=True)
class Dataset:
    """N bodies of the shape space."""

    coefficients: FloatArray
    """(N, K) float32 shape coefficients."""
    measurements_mm: FloatArray
    """(N, 15) float32 tape readings."""
    body_type: FloatArray
    """(N, 1) float32 between -1, masculine, and 1, feminine."""

    def __len__(self) -> int:
        return len(self.coefficients)

    def part(self, start: int, stop: int) -> Dataset:
        """Some of the bodies."""
        at = slice(start, stop)
        return Dataset(self.coefficients[at], self.measurements_mm[at], self.body_type[at])


def load_bodies(path: Path) -> tuple[Dataset, Dataset]:
    """Training and held-out bodies, as `training.body.shape_space` parted and wrote them.

    The shape space itself has not seen the held-out ones either.
    """
    with np.load(path) as data:
        columns = [data[name].astype(np.float32) for name in ("coefficients", "measurements_mm", "body_type")]
        unseen = np.zeros(len(columns[0]), np.bool_)
        unseen[data["held_out"]] = True
    columns[2] = columns[2].reshape(-1, 1)
    seen, held_out = (Dataset(*(column[part] for column in columns)) for part in (~unseen, unseen))
    return seen, held_out


def sample_people(population: Population, count: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """(count, 15) millimetres and (count, 1) body types of people drawn from the population.

    One half are women, one half men; every third person asks for the neutral body type. Draws outside a
    measurement's absolute range are cut to it.
    """
    rng = np.random.default_rng(seed)
    half = count // 2
    logs = np.concatenate(
        [
            rng.multivariate_normal(population.feminine.mean, population.feminine.covariance, half),
            rng.multivariate_normal(population.masculine.mean, population.masculine.covariance, count - half),
        ]
    )
    limits = np.array([(measurement.lowest_mm, measurement.highest_mm) for measurement in MEASUREMENTS])
    measurements = np.exp(logs[:, : len(MEASUREMENTS)]).clip(*limits.T)
    body_type = np.where(np.arange(count) < half, 1.0, -1.0)
    body_type[::3] = 0.0
    return measurements.astype(np.float32), body_type[:, None].astype(np.float32)
