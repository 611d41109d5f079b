from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from anthropometry.measurements import MEASUREMENTS
from anthropometry.population import Population

ROOT = Path(__file__).parents[3]
RECORDS = ROOT.parent / "shared" / "data" / "ansur2"


@pytest.fixture(scope="session")
def population() -> Population:
    return Population.load(ROOT / "models")


@pytest.fixture(scope="session")
def records() -> dict[str, np.ndarray]:
    """(n, 17) records by body type: the 15 in millimetres, kilograms, years."""
    if not RECORDS.is_dir():
        pytest.skip("the population records are not beside the checkout")
    columns = [*(measurement.ansur_column for measurement in MEASUREMENTS), "weightkg", "age"]
    tables = {}
    for body_type, sex in (("feminine", "female"), ("masculine", "male")):
        with (RECORDS / f"{sex}.csv").open(encoding="latin-1", newline="") as lines:
            rows = [[float(row[column]) for column in columns] for row in csv.DictReader(lines)]
        tables[body_type] = np.array(rows) * ([1.0] * 15 + [0.1, 1.0])
    return tables
