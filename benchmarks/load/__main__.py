"""Peak and overload: `python -m benchmarks.load [--seconds S] [--seed N]`.

The rate climbs until the platform serves no more; then three times the most it served is offered. Whatever is
refused is answered too, and how fast is part of the result.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from benchmarks.load import costs, people
from benchmarks.load.plan import Plan, Request
from benchmarks.load.report import GOOD_WITHIN_MS, Outcome, offered_by, quantiles_ms
from benchmarks.stack import cpu_seconds, processes, running_platform, write_result

FIRST_RATE = 12.0
STEP = 1.4
MOST_STEPS = 9
OVERLOAD = 3.0
LEAST_SHARE = 0.8
"""Of the peak, at three times its load."""
REFUSAL_MS = 100.0


def climb(url: str, requests: Mapping[str, Sequence[Request]], seed: int, seconds: float) -> list[Outcome]:
    """Steps of load up to the first two that serve no more than the one before."""
    steps: list[Outcome] = []
    for number in range(MOST_STEPS):
        plan = Plan(url, seed + number, FIRST_RATE * STEP**number, seconds, people.MIX, requests)
        steps.append(offered_by(plan))
        print(f"  {plan.rate:.0f}/s offered, {steps[-1].goodput:.1f}/s served in time, {steps[-1].statuses}")
        if len(steps) > 2 and max(step.goodput for step in steps[-2:]) < steps[-3].goodput * 1.02:
            break
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=20261125)
    arguments = parser.parse_args()
    elsewhere = os.getloadavg()[0]
    with running_platform() as platform:
        requests = people.requests(platform.url)
        groups = processes(platform)
        unit = costs.cpu_ms(platform.url, groups, requests, count=20)
        whole = {name: sum(by_group.values()) for name, by_group in unit.items()}
        steps = climb(platform.url, requests, arguments.seed, arguments.seconds)
        peak = max(steps, key=lambda step: step.work(whole))
        groups = processes(platform)
        before = cpu_seconds(groups)
        plan = Plan(
            platform.url,
            arguments.seed - 1,
            OVERLOAD * peak.goodput,
            2 * arguments.seconds,
            people.MIX,
            requests,
        )
        over = offered_by(plan)
        after = cpu_seconds(groups)
    spent = {name: (after[name] - before[name]) / (2 * arguments.seconds) for name in groups}
    figures = {
        "cpus": os.cpu_count(),
        "load_average_before": elsewhere,
        "seed": arguments.seed,
        "mix": people.MIX,
        "cpu_ms": unit,
        "steps": [_figures(step, whole) for step in steps],
        "peak": _figures(peak, whole),
        "overload": _figures(over, whole),
        "overload_busy_cpus": spent,
    }
    write_result("load", table(arguments.seconds, unit, steps, peak, over, whole, spent, elsewhere), figures)


def _figures(outcome: Outcome, whole: Mapping[str, float]) -> dict[str, object]:
    return {
        "offered_rate": outcome.offered,
        "goodput_rate": outcome.goodput,
        "useful_cpus": outcome.work(whole),
        "latency_ms": quantiles_ms(outcome.good()),
        "refusal_ms": quantiles_ms(outcome.refused),
        "statuses": outcome.statuses,
        "client_late_ms": _late_ms(outcome),
        "client_cpus": outcome.client_cpu_s / outcome.plan.seconds,
        "by_scenario": {
            name: {
                "offered": sum(sample.scenario == name for sample in outcome.samples),
                "good": len(good := outcome.good(name)),
                "latency_ms": quantiles_ms(good),
            }
            for name in outcome.plan.mix
        },
    }


def _late_ms(outcome: Outcome) -> float:
    late = sorted(sample.late_ms for sample in outcome.samples)
    return late[int(0.99 * (len(late) - 1))]


def table(
    seconds: float,
    unit: Mapping[str, Mapping[str, float]],
    steps: Sequence[Outcome],
    peak: Outcome,
    over: Outcome,
    whole: Mapping[str, float],
    spent: Mapping[str, float],
    elsewhere: float,
) -> str:
    """The result as Markdown."""
    services = sorted(next(iter(unit.values())))
    cost_rows = "\n".join(
        f"| {name} | {people.MIX[name]:.1%} | "
        + " | ".join(f"{unit[name][service]:.1f}" for service in services)
        + f" | **{whole[name]:.1f}** |"
        for name in people.MIX
    )
    step_rows = "\n".join(_row(step, whole) for step in [*steps, over])
    scenario_rows = "\n".join(_scenario_row(name, peak, over) for name in people.MIX)
    refusals = quantiles_ms(over.refused)
    return f"""# Load: the peak, and three times as much

`python -m benchmarks.load --seconds {seconds:g}` · {datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} CPUs for the platform,
its database and the load's own process together; before it, {elsewhere:.1f} processes of others were ready to run

Arrivals are Poisson, drawn from a seed, and wait for no answer. Latencies run from the moment a request was due, so
that a late client is no excuse; quantiles are exact. Served in time: within {GOOD_WITHIN_MS:g} ms and without an error.

## What one request costs

CPU ms by process, one request at a time on the idle platform; [main_way.md](main_way.md) has the stages inside.

| scenario | share | {" | ".join(services)} | all |
|---|---|{"---|" * len(services)}---|
{cost_rows}

## Steps

Useful CPU: what the requests that were served in time would cost on an idle platform, in CPUs. It weighs an avatar
as much as sixty catalogue pages, so that serving the cheap ones alone is not called a success.

| offered/s | served in time/s | useful CPU | p50 ms | p99 ms | refused | refusal p50 ms | refusal p99 ms | lost | client late p99 ms |
|---|---|---|---|---|---|---|---|---|---|
{step_rows}

The last line is {OVERLOAD:g} times the peak. Good-put there is {over.goodput / peak.goodput:.0%} of the peak's in requests
and {over.work(whole) / peak.work(whole):.0%} in useful CPU (at least {LEAST_SHARE:.0%} is asked); refusals were answered
within {refusals.get("p50", 0):g} ms (median), {refusals.get("p99", 0):g} ms (p99), {refusals.get("max", 0):g} ms (slowest of {len(over.refused)}); {REFUSAL_MS:g} ms is asked.
Busy CPUs meanwhile: {", ".join(f"{name} {value:.2f}" for name, value in sorted(spent.items()))}, the load itself {over.client_cpu_s / over.plan.seconds:.2f}.

## By scenario

| scenario | served at the peak | p50 ms | p99 ms | served at {OVERLOAD:g} times | p50 ms | p99 ms |
|---|---|---|---|---|---|---|
{scenario_rows}
"""


def _row(outcome: Outcome, whole: Mapping[str, float]) -> str:
    good, refused = quantiles_ms(outcome.good()), quantiles_ms(outcome.refused)
    return (
        f"| {outcome.offered:.0f} | {outcome.goodput:.1f} | {outcome.work(whole):.2f} | {good.get('p50', '')} "
        f"| {good.get('p99', '')} | {len(outcome.refused)} | {refused.get('p50', '')} | {refused.get('p99', '')} "
        f"| {outcome.statuses.get('lost', 0)} | {_late_ms(outcome):.1f} |"
    )


def _scenario_row(name: str, peak: Outcome, over: Outcome) -> str:
    cells = []
    for outcome in (peak, over):
        offered = sum(sample.scenario == name for sample in outcome.samples)
        good = outcome.good(name)
        found = quantiles_ms(good)
        cells += [f"{len(good)} of {offered}", str(found.get("p50", "")), str(found.get("p99", ""))]
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
