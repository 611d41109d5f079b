"""Statistics of the ANSUR II records: `python -m training.body.population --records <folder>`.

Reads `female.csv` and `male.csv` and writes `models/population/`. Only means and covariances leave the records.
Records that disagree with their own sex's distribution at odds of `OUTLIER_ODDS` (slips of the pen: a weight seven
standard deviations from what the other numbers of that person say) are left out and counted, and the distribution
is fitted again until none is left.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from anthropometry.gaussian import FloatArray, Gaussian, chi_square_quantile
from anthropometry.measurements import MEASUREMENTS, NAMES
from anthropometry.plausibility import check
from anthropometry.population import NORMAL_95, RELAXED_ARM, VARIABLES, Population
from training.body.manifest import write_manifest

OUTLIER_ODDS = 1e-5
"""A record further out than this share of a normal population is a slip; 3,034 records should hold 0.03 such."""

_COLUMNS = (*(measurement.ansur_column for measurement in MEASUREMENTS), "weightkg", "age")
_UNITS = np.array([1.0] * len(MEASUREMENTS) + [0.1, 1.0])
"""The tables hold millimetres and years, but tenths of a kilogram."""


def read_records(path: Path) -> FloatArray:
    """(n, 17) float64 records of one ANSUR II table, in the order and units of `VARIABLES`."""
    with path.open(encoding="latin-1", newline="") as lines:
        rows = [[float(row[column]) for column in _COLUMNS] for row in csv.DictReader(lines)]
    records: FloatArray = np.array(rows, np.float64) * _UNITS
    return records


def fit(records: FloatArray) -> tuple[Gaussian, int]:
    """The normal distribution of the records' natural logarithms, and how many records were left out."""
    logs = np.log(records)
    limit = chi_square_quantile(OUTLIER_ODDS, logs.shape[1])
    kept = np.ones(len(logs), np.bool_)
    while True:
        fitted = Gaussian(logs[kept].mean(axis=0), np.cov(logs[kept].T))
        offsets = logs - fitted.mean
        distances = np.einsum("ni,ni->n", offsets @ np.linalg.inv(fitted.covariance), offsets)
        if not (kept & (distances > limit)).any():
            return fitted, int((~kept).sum())
        kept &= distances <= limit


def describe(records: FloatArray) -> dict[str, Any]:
    """One sex of `population.json`."""
    fitted, left_out = fit(records)
    return {
        "records": len(records),
        "outliers": left_out,
        "mean": [round(value, 7) for value in fitted.mean.tolist()],
        "covariance": [[round(value, 10) for value in row] for row in fitted.covariance.tolist()],
    }


def judge(population: Population, records: FloatArray, body_type: str) -> dict[str, float]:
    """What the finished population says about the records it came from."""
    helpers = dict(zip(("weight_kg", "age"), (len(NAMES), len(NAMES) + 1), strict=True))
    refused, covered, errors = 0, [], []
    for record in records:
        refused += bool(check(dict(zip(NAMES, record, strict=False)), population))
        known = {"stature": record[0]}
        guess = population.estimate(known, body_type, **{name: record[at] for name, at in helpers.items()})
        truth = record[: len(NAMES)].copy()
        truth[NAMES.index("upper_arm_girth")] *= RELAXED_ARM[body_type]
        covered.append((guess.interval_mm[:, 0] <= truth) & (truth <= guess.interval_mm[:, 1]))
        errors.append(np.abs(guess.values_mm - truth))
    return {
        "full_records_refused": refused,
        "coverage_of_90_percent_interval_given_stature_weight_age": round(
            float(np.mean(covered, axis=0)[1:].mean()), 3
        ),
        "mean_absolute_error_mm_given_stature_weight_age": round(
            float(np.mean(errors, axis=0)[1:].mean()), 1
        ),
    }


FOLDS = 5
"""Parts of the records: each is judged by a distribution fitted to the others."""
INPUTS: Mapping[str, tuple[str, ...]] = {
    "nothing": (),
    "stature": ("stature",),
    "stature, weight": ("stature", "weight_kg"),
    "stature, weight, age": ("stature", "weight_kg", "age"),
    "chest, waist, hip": ("chest_girth", "waist_girth", "hip_girth"),
    "stature, chest, waist, hip, inside leg": (
        "stature",
        "chest_girth",
        "waist_girth",
        "hip_girth",
        "inside_leg",
    ),
}
"""What shops ask their customers for."""


def held_out_coverage(records: FloatArray) -> dict[str, dict[str, float]]:
    """Share of values inside their 90 % interval, on records held out of the fit, by what was given.

    The mean over the measurements, and those of the worst and the best covered one. Arms are flexed, as in
    the records; letting them down shifts both sides alike.
    """
    fold = np.random.default_rng(0).permutation(len(records)) % FOLDS
    covered: dict[str, list[FloatArray]] = {name: [] for name in INPUTS}
    for part in range(FOLDS):
        people, _ = fit(records[fold != part])
        logs = np.log(records[fold == part])
        for name, given in INPUTS.items():
            covered[name].append(_inside(people, logs, [VARIABLES.index(one) for one in given]))
    shares = {name: np.concatenate(parts).mean(axis=0) for name, parts in covered.items()}
    return {
        name: {
            "mean": round(float(np.nanmean(share)), 3),
            "lowest": round(float(np.nanmin(share)), 3),
            "highest": round(float(np.nanmax(share)), 3),
        }
        for name, share in shares.items()
    }


def _inside(people: Gaussian, logs: FloatArray, given: list[int]) -> FloatArray:
    """(n, 15) whether each measurement of records (n, 17) lies in its interval; NaN where it was given."""
    inside = np.full((len(logs), len(NAMES)), np.nan)
    asked = [index for index in range(len(NAMES)) if index not in given]
    for row, record in zip(inside, logs, strict=True):
        posterior = people.conditional(given, record[given])
        reach = NORMAL_95 * np.sqrt(np.diag(posterior.covariance)[asked])
        row[asked] = np.abs(record[asked] - posterior.mean[asked]) <= reach
    return inside


def main() -> None:
    """Fit both sexes, write the model, and judge it by its records."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--records", type=Path, default=Path("../shared/data/ansur2"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    arguments = parser.parse_args()
    output = arguments.models / "population"
    output.mkdir(parents=True, exist_ok=True)
    records = {
        body_type: read_records(arguments.records / f"{sex}.csv")
        for body_type, sex in (("feminine", "female"), ("masculine", "male"))
    }
    sexes = {body_type: describe(rows) for body_type, rows in records.items()}
    text = json.dumps({"variables": VARIABLES, "scale": "natural logarithm", **sexes}, indent=1)
    (output / "population.json").write_text(text + "\n", encoding="utf-8")
    population = Population.load(arguments.models)
    metrics = {
        body_type: {key: sexes[body_type][key] for key in ("records", "outliers")}
        | judge(population, rows, body_type)
        | {"held_out_coverage_of_90_percent_intervals": held_out_coverage(rows)}
        for body_type, rows in records.items()
    }
    print(json.dumps(metrics, indent=2))
    write_manifest(
        output,
        name="population",
        version="1.1.0",
        licence="Apache-2.0",
        provenance=["ANSUR II, US Army Natick Soldier Research, Development and Engineering Center, 2012"],
        data="Half of the public ANSUR II records (US government public data); only means and covariances are kept",
        metrics=metrics,
        rebuild="python -m training.body.population --records <folder with female.csv and male.csv>",
    )


if __name__ == "__main__":
    main()
