"""Credits: do they move as work does, and do the books fit?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.panels import RED, Query, graph
from deploy.grafana.queries import Job, or_none, rate

BOTH = Job("atelier-auth(-worker)?")
SERVICE = Job("atelier-auth")
WORKER = Job("atelier-auth-worker")
MOVED = BOTH.series("atelier_auth_credits_moved_total")
REFUSED = SERVICE.series("atelier_grpc_server_refusals_total", 'service="atelier.auth.v1.CreditService"')
MISFITS = WORKER.series("atelier_auth_ledger_checks_total", 'outcome="misfits"')

BOARD = Board(
    uid="atelier-credits",
    title="Atelier / Credits",
    question="Do credits move as work does, and do the books fit?",
    jobs=BOTH,
    rows=[
        Row(
            "Credits",
            [
                graph(
                    "Credits moved",
                    "By what moved them and where they went. `reserve held` and what leaves holds (`capture revenue`, "
                    "`capture available`, `release available`) are alike over a while: else jobs hold credits and do not end.",
                    Query(rate(MOVED, "kind, book"), "{{kind}} {{book}}"),
                    width=12,
                ),
                graph(
                    "Open holds",
                    "Jobs that hold credits. Each worker tells the same number. One that grows while few jobs wait: holds of "
                    "jobs that are no more, which the reconciler of the generator's worker gives back.",
                    Query(f"max ({WORKER.series('atelier_auth_open_holds')})", "holds"),
                    width=12,
                ),
                graph(
                    "Refusals by reason",
                    "`INSUFFICIENT_CREDITS` is people's own affair. `CREDITS_CONFLICT`, `HOLD_CAPTURED` and `HOLD_RELEASED` "
                    "are a service's mistake: it settles a job in two ways. `HOLD_SETTLED` is a request that came back late.",
                    Query(or_none(rate(REFUSED, "reason"), reason="none"), "{{reason}}"),
                    unit=units.RequestsPerSecond,
                    width=12,
                ),
                graph(
                    "Checks that found something",
                    "Once an hour all credits are counted anew. Any number but 0: see the runbook.",
                    Query(f"sum (increase({MISFITS}[2h]))", "checks"),
                    width=12,
                    warn=[(0, RED)],
                    alert="LedgerOutOfBalance",
                ),
            ],
        ),
    ],
)
