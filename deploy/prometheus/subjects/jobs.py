"""The rail: does somebody wait, do workers die, do jobs end badly."""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group

_BAD = 'atelier_jobs_runs_total{outcome=~"failed|poisoned"}'

ALERTS = Group(
    "atelier-jobs",
    [
        Alert(
            "OldestJobWaits",
            "max by (schema, lane) (atelier_jobs_oldest_waiting_seconds) > 300",
            "2m",
            "page",
            "The oldest job of {{ $labels.schema }} in the lane {{ $labels.lane }} has waited {{ $value | humanizeDuration }}",
            "People wait for what they asked for: there are too few workers, or they are at something that does not end.",
        ),
        Alert(
            "JobsStalled",
            "sum by (schema) (increase(atelier_jobs_rescued_total[15m])) > 3",
            "0s",
            "ticket",
            "Workers of {{ $labels.schema }} die at their work",
            "Jobs were taken over from workers that gave no sign of life. The work goes on, later than it should; a job of "
            "which three workers died is ended.",
        ),
        Alert(
            "JobsFail",
            f"sum by (task) (increase({_BAD}[30m])) > 0",
            "0s",
            "ticket",
            "Jobs of the task {{ $labels.task }} end without having done their work",
            "Their tries are used up, or their workers died of them. Whoever waits for one was told that it failed.",
        ),
        Alert(
            "HoldsRepaired",
            "sum by (how) (increase(atelier_generator_holds_repaired_total[1h])) > 3",
            "0s",
            "ticket",
            "The reconciler put holds of credits right: {{ $labels.how }}",
            "Processes ended between a hold and its record, or settling was given up. Nobody lost credits by it; they were "
            "held for longer than the work took.",
        ),
    ],
)
GROUPS = (ALERTS,)
