"""Results as text: a few lines for each run, a table for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.faults.harness.experiment import Experiment, Result

_TOLD = 20


def lines(result: Result) -> str:
    """One run: how it went, and the first of what was violated."""
    verdict = "passed" if result.passed else "FAILED"
    told = [
        f"  {verdict}: {result.requests} requests, {result.lost_writes} lost writes, {result.hung} hung, "
        f"good-put back after {result.recovery_s:.1f} s; CPU in use {result.busy:.0%}, harness late by {result.lag_s:.2f} s; "
        f"alerts: {_alerts(result)}"
    ]
    told += [f"  - {violation}" for violation in result.violations[:_TOLD]]
    if len(result.violations) > _TOLD:
        told.append(f"  - and {len(result.violations) - _TOLD} more")
    if not result.passed:
        told.append(
            f'  again: make faults FAULTS="{result.number} --seeds {result.seed}"; journal: {result.journal}'
        )
    return "\n".join(told)


def table(results: Sequence[Result], experiments: Mapping[str, Experiment]) -> str:
    """All runs, as Markdown."""
    passed = sum(result.passed for result in results)
    worst = max((result.worst_past_deadline_ms for result in results), default=0.0)
    return "\n".join(
        [
            "# Fault experiments",
            "",
            f"`make faults` · {max(result.date for result in results)} · {passed} of {len(results)} runs passed · "
            f"lost writes {sum(result.lost_writes for result in results)} · "
            f"hung requests {sum(result.hung for result in results)} · worst answer past its deadline {worst:.0f} ms",
            "",
            "What each does and claims is in `tests/faults/experiments`, what holds after all of them in",
            "`tests/faults/harness/checker.py`; [docs/faults.md](../../docs/faults.md) says how to read and repeat a run.",
            "",
            "| experiment | seed | passed | requests | lost writes | hung | past deadline, ms | good-put back, s | alert seen | CPU in use |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *(_row(result, experiments[result.number]) for result in sorted(results, key=_place)),
            "",
        ]
    )


def _place(result: Result) -> tuple[str, int]:
    return result.number, result.seed


def _row(result: Result, experiment: Experiment) -> str:
    cells = (
        f"{result.number} {experiment.title}",
        result.seed,
        "yes" if result.passed else "**no**",
        result.requests,
        result.lost_writes,
        result.hung,
        f"{result.worst_past_deadline_ms:.0f}",
        f"{result.recovery_s:.1f}",
        _seen(result, experiment),
        f"{result.busy:.0%}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _seen(result: Result, experiment: Experiment) -> str:
    if result.alerts is None:
        return "not watched"
    if not experiment.alert:
        return ", ".join(result.alerts) or "none, as meant"
    return experiment.alert if experiment.alert in result.alerts else "**no**"


def _alerts(result: Result) -> str:
    return "not watched" if result.alerts is None else ", ".join(result.alerts) or "none"
