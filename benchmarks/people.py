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


def everybody(records: Path) -> list[Person]:
    """All records, women first."""
    return [person for group in _by_type(records) for person in group]


def sample(records: Path, count: int) -> list[Person]:
    """`count` people of the records, as many women as men, the same ones every time."""
    generator = np.random.default_rng(SEED)
    return [
        group[int(index)]
        for group in _by_type(records)
        for index in generator.choice(len(group), count // 2, replace=False)
    ]


def _by_type(records: Path) -> list[list[Person]]:
    """The women, then the men."""
    groups = []
    for file, body_type in (("female.csv", "feminine"), ("male.csv", "masculine")):
        with (records / file).open(encoding="latin-1", newline="") as rows:
            groups.append([_person(row, body_type) for row in csv.DictReader(rows)])
    return groups


def _person(row: dict[str, str], body_type: str) -> Person:
    return Person(body_type, {item.name: float(row[item.ansur_column]) for item in MEASUREMENTS})
