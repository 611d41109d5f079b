"""Run experiments: `python -m tests.faults [F02 ...] [--seeds 1,2,3]`; all of them is what `make faults` does."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import tests.faults.experiments  # noqa: F401  enters them into the register
from tests.faults.harness import report
from tests.faults.harness.experiment import EXPERIMENTS, Experiment, Result
from tests.faults.harness.load import FULL
from tests.faults.harness.run import bench, run

ROOT = Path(__file__).resolve().parents[2]
JOURNALS = ROOT / "build" / "faults"
RESULTS = ROOT / "benchmarks" / "results" / "faults.md"
"""Written by a run of all experiments."""


async def repeat(chosen: Sequence[Experiment], seeds: Sequence[int]) -> list[Result]:
    """Runs of experiments with the same plan, on one platform: each leaves it recovered, or fails."""
    results = []
    async with bench(chosen[0].plan, FULL, JOURNALS, alerts=True) as on:
        for experiment in chosen:
            for seed in seeds:
                print(f"{experiment.number} {experiment.title}, seed {seed} ...", flush=True)
                results.append(await run(experiment, on, seed))
                print(report.lines(results[-1]), flush=True)
    return results


def by_plan(numbers: Sequence[str]) -> list[list[Experiment]]:
    """The experiments, those of equal plans together."""
    groups: list[list[Experiment]] = []
    for number in numbers:
        experiment = EXPERIMENTS[number]
        for group in groups:
            if group[0].plan == experiment.plan:
                group.append(experiment)
                break
        else:
            groups.append([experiment])
    return groups


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "numbers", nargs="*", metavar="F02", help="experiments; all of them where none is named"
    )
    parser.add_argument("--seeds", default="1,2,3", help="what chance is drawn from, one run each")
    arguments = parser.parse_args()
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    numbers = arguments.numbers or sorted(EXPERIMENTS)
    results: list[Result] = []
    for group in by_plan(numbers):
        results += asyncio.run(repeat(group, seeds))
        if set(numbers) == set(EXPERIMENTS):
            RESULTS.write_text(report.table(results, EXPERIMENTS))
    sys.exit(0 if all(result.passed for result in results) else 1)


if __name__ == "__main__":
    main()
