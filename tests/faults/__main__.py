"""Run experiments: `python -m tests.faults [F02 ...] [--seeds 1,2,3]`; with none named, all of them."""

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


async def repeat(chosen: Experiment, seeds: Sequence[int]) -> list[Result]:
    """One platform for all seeds: each run leaves it recovered, or fails."""
    results = []
    async with bench(chosen.plan, FULL, JOURNALS, alerts=True) as on:
        for seed in seeds:
            print(f"{chosen.number} {chosen.title}, seed {seed} ...", flush=True)
            results.append(await run(chosen, on, seed))
            print(report.lines(results[-1]), flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("numbers", nargs="*", default=sorted(EXPERIMENTS), metavar="F02")
    parser.add_argument("--seeds", default="1,2,3", help="what chance is drawn from, one run each")
    arguments = parser.parse_args()
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    results = [
        result for number in arguments.numbers for result in asyncio.run(repeat(EXPERIMENTS[number], seeds))
    ]
    sys.exit(0 if all(result.passed for result in results) else 1)


if __name__ == "__main__":
    main()
