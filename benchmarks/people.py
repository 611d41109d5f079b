"""Real people's measurements for the benchmarks: ANSUR II records as the platform's requests."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anthropometry.measurements import MEASUREMENTS

SEED = 20261121
DEFAULT_RECORDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "ansur2"


@dataclass(frozen=True)
class Person:
    """One record."""

    body_type: str
    measurements: dict[str, float]
    """Millimetres, by name."""


def sample(records: Path, count: int) -> list[Person]:
    """`count` people of the records, as many women as men, the same ones every time."""
    generator = np.random.default_rng(SEED)
    people: list[Person] = []
    for file, body_type in (("female.csv", "feminine"), ("male.csv", "masculine")):
        with (records / file).open(encoding="utf-8") as rows:
            found = list(csv.DictReader(rows))
        for index in generator.choice(len(found), count // 2, replace=False):
            row = found[int(index)]
            people.append(
                Person(body_type, {item.name: float(row[item.ansur_column]) for item in MEASUREMENTS})
            )
    return people
