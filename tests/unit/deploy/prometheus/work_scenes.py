"""The same for what workers do: jobs, letters, webhooks and the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.deploy.prometheus.series import LANE, growing, one, steady, then

BACKLOG_AGE = "atelier_auth_backlog_age_seconds"
LETTERS = 'job="atelier-auth-worker", kind="letters"'


def delivered(outcome: str, step: float) -> dict[str, str]:
    """Attempts with that outcome, so many every 15 seconds."""
    return one(
        f'atelier_auth_deliveries_total{{job="atelier-auth-worker", outcome="{outcome}"}}', growing(step)
    )


WORK: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "OldestJobWaits": (
        one(f"atelier_jobs_oldest_waiting_seconds{{{LANE}}}", "0+15x160"),
        one(f"atelier_jobs_oldest_waiting_seconds{{{LANE}}}", "0+15x25 0x100"),
    ),
    "JobsStalled": (
        one('atelier_jobs_rescued_total{job="atelier-auth-worker", schema="auth"}', then(0, 60, 5)),
        one('atelier_jobs_rescued_total{job="atelier-auth-worker", schema="auth"}', then(0, 60, 2)),
    ),
    # Tries that are made again are no end.
    "JobsFail": (
        one(
            'atelier_jobs_runs_total{job="atelier-auth-worker", task="t", outcome="poisoned"}', then(0, 40, 1)
        ),
        one('atelier_jobs_runs_total{job="atelier-auth-worker", task="t", outcome="retried"}', growing(9))
        | one('atelier_jobs_runs_total{job="atelier-auth-worker", task="t", outcome="failed"}', steady(3)),
    ),
    "LettersWait": (
        one(f"{BACKLOG_AGE}{{{LETTERS}}}", "0+30x160"),
        one(f"{BACKLOG_AGE}{{{LETTERS}}}", "0+30x50 0x110")
        | one(f'{BACKLOG_AGE}{{job="atelier-auth-worker", kind="deliveries"}}', "0+30x160"),
    ),
    # Those that wait for their next attempt are not due, however many they are.
    "DeliveriesWait": (
        one(f'{BACKLOG_AGE}{{job="atelier-auth-worker", kind="deliveries"}}', "0+30x160"),
        one(f'{BACKLOG_AGE}{{job="atelier-auth-worker", kind="deliveries"}}', "0+30x25 0x135")
        | one(f"{BACKLOG_AGE}{{{LETTERS}}}", "0+30x160"),
    ),
    # A server that wants nothing more has answered well enough.
    "DeliveriesFail": (
        delivered("delivered", 4) | delivered("timeout", 5),
        delivered("delivered", 4) | delivered("timeout", 3) | delivered("gone", 9),
    ),
    # A worker or two that were killed in the wrong moment are what it is there for.
    "HoldsRepaired": (
        one(
            'atelier_generator_holds_repaired_total{job="atelier-generator-worker", how="released"}',
            then(0, 40, 5),
        ),
        one(
            'atelier_generator_holds_repaired_total{job="atelier-generator-worker", how="released"}',
            then(0, 40, 2),
        ),
    ),
    "LedgerOutOfBalance": (
        one('atelier_auth_ledger_checks_total{job="atelier-auth-worker", outcome="misfits"}', then(0, 40, 1)),
        one('atelier_auth_ledger_checks_total{job="atelier-auth-worker", outcome="misfits"}', steady(0))
        | one('atelier_auth_ledger_checks_total{job="atelier-auth-worker", outcome="fits"}', growing(1)),
    ),
}
