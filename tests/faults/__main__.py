"""Run experiments: `python -m tests.faults [F02 ...] [--seeds 1,2,3]`; all of them is what `make faults` does."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import tests.faults.experiments  # noqa: F401  enters them into the register
from tests.faults.harness import report
from tests.faults.harness.experiment import EXPERIMENTS, Experiment, Result
from tests.faults.harness.load import FULL
from tests.faults.harness.run import bench, run

ROOT = Path(__file__).resolve().parents[2]
JOURNALS = ROOT / "build" / "faults"
RESULTS = ROOT / "benchmarks" / "results" / "faults.md"
"""Tells of the newest run of each experiment and seed."""
RUNS = JOURNALS / "runs.jsonl"


async def repeat(chosen: Sequence[Experiment], seeds: Sequence[int]) -> list[Result]:
    """Runs of experiments with the same plan, on one platform: each leaves it recovered, or fails."""
    results = []
    async with bench(chosen[0].plan, FULL, JOURNALS, alerts=True) as on:
        for experiment in chosen:
            for seed in seeds:
                print(f"{experiment.number} {experiment.title}, seed {seed} ...", flush=True)
                results.append(await run(experiment, on, seed))
                print(report.lines(results[-1]), flush=True)
                remember(results[-1])
    return results


def remember(result: Result) -> None:
    """Put the run in the place of an older one of the same experiment and seed, and write the table anew."""
    known = {(each.number, each.seed): each for each in remembered()}
    known[result.number, result.seed] = result
    RUNS.write_text("".join(json.dumps(asdict(each), default=str) + "\n" for each in known.values()))
    RESULTS.write_text(report.table(list(known.values()), EXPERIMENTS))


def remembered() -> list[Result]:
    """The newest run of each experiment and seed."""
    lines = RUNS.read_text().splitlines() if RUNS.exists() else []
    return [Result(**json.loads(line)) for line in lines]


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
    results = [
        result
        for group in by_plan(arguments.numbers or sorted(EXPERIMENTS))
        for result in asyncio.run(repeat(group, seeds))
    ]
    sys.exit(0 if all(result.passed for result in results) else 1)


if __name__ == "__main__":
    main()
