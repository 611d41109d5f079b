"""The gateway: is HTTP answered, how fast, and where does it go wrong?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import RED, YELLOW, Query, graph, spread
from deploy.grafana.queries import Job, or_none, quantile, rate, share, sum_of
from deploy.prometheus.names import OUR_FAULT

GATEWAY = Job("atelier-gateway")
REQUESTS = GATEWAY.series("atelier_gateway_requests_total")
FAILED = GATEWAY.series("atelier_gateway_requests_total", 'status=~"5.."')
BUCKETS = GATEWAY.series("atelier_gateway_request_duration_seconds_bucket")
CALLS = GATEWAY.series("atelier_grpc_client_requests_total")
CALLS_FAILED = GATEWAY.series("atelier_grpc_client_requests_total", OUR_FAULT)
CALL_BUCKETS = GATEWAY.series("atelier_grpc_client_duration_seconds_bucket")

BOARD = Board(
    uid="atelier-gateway",
    title="Atelier / Gateway",
    question="Is HTTP answered, how fast, and where does it go wrong?",
    jobs=GATEWAY,
    rows=[
        Row(
            "Requests, errors, duration",
            [
                graph(
                    "Requests by route",
                    "Which routes are used. One that falls to nothing while the others go on has lost its callers.",
                    Query(rate(REQUESTS, "route"), "{{route}}"),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Failed share by route",
                    "Share of answers of 500 and above. One route: look at the service behind it, one row down. All routes: "
                    "look at auth, and at the network between the services.",
                    Query(share(FAILED, REQUESTS, "route"), "{{route}}"),
                    unit=units.PercentUnit,
                    warn=[(0.01, YELLOW)],
                    alert="ErrorBudgetBurnsFast",
                ),
                graph(
                    "Duration by route: 95 of 100 are faster",
                    "The slowest first. Points are single requests; each leads to its trace.",
                    Query(quantile(0.95, BUCKETS, "route"), "{{route}}", exemplars=True),
                    unit=units.Seconds,
                ),
            ],
        ),
        Row(
            "The services behind it",
            [
                graph(
                    "Failed share by service",
                    "Which service fails the gateway, repeated attempts counted once.",
                    Query(share(CALLS_FAILED, CALLS, "service"), "{{service}}"),
                    unit=units.PercentUnit,
                    warn=[(0.01, YELLOW), (0.05, RED)],
                    alert="PeerUnreachable",
                ),
                graph(
                    "Duration by service: 95 of 100 are faster",
                    "What is slow here is not the gateway's own doing: go on to that service's dashboard.",
                    Query(quantile(0.95, CALL_BUCKETS, "service"), "{{service}}", exemplars=True),
                    unit=units.Seconds,
                ),
                graph(
                    "Refusals by reason",
                    "A reason that grows at once is a caller that sends something new, somebody who tries doors, or a "
                    "limit of ours that is wrong. `internal` is a bug.",
                    Query(
                        or_none(
                            rate(GATEWAY.series("atelier_gateway_refusals_total"), "reason"), reason="none"
                        ),
                        "{{reason}}",
                    ),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                    alert="RefusalsSpike",
                ),
            ],
        ),
        Row(
            "At work",
            [
                graph(
                    "Requests at work",
                    "Those past their deadline without an answer hang. More than none for a minute: which service does "
                    "not answer?",
                    Query(sum_of(GATEWAY.series("atelier_gateway_in_flight")), "at work"),
                    Query(sum_of(GATEWAY.series("atelier_gateway_overdue")), "overdue"),
                    alert="RequestsHang",
                ),
                spread(
                    "Durations",
                    "Two bands are two kinds of requests. A band that moves up is one that became slow.",
                    rate(BUCKETS, "le"),
                    width=16,
                ),
            ],
        ),
        Row(
            "Beside the answers",
            [
                graph(
                    "Requests with a key",
                    "What became of requests with an `Idempotency-Key`. Many `in_progress` are clients that do not wait for "
                    "their answer; `not_kept` is auth that is away.",
                    Query(
                        rate(GATEWAY.series("atelier_gateway_keyed_requests_total"), "outcome"), "{{outcome}}"
                    ),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Audit entries that wait",
                    "More than a few for longer than a moment: auth is away, and they are kept in the spool. Lost ones found it "
                    "full, or a disk that took nothing.",
                    Query(sum_of(GATEWAY.series("atelier_gateway_audit_waiting")), "waiting"),
                    Query(rate(GATEWAY.series("atelier_gateway_audit_lost_total")), "lost a second"),
                    warn=[(50_000, RED)],
                    alert="AuditTrailBehind",
                ),
                graph(
                    "Limits counted without their store",
                    "Each gateway counts by itself while the store is away, so callers get more than their share.",
                    Query(rate(GATEWAY.series("atelier_gateway_limit_store_failures_total")), "failures"),
                    unit=units.RequestsPerSecond,
                    alert="LimitsCountedApart",
                ),
            ],
        ),
        shared.queues(GATEWAY),
        shared.resources(GATEWAY),
    ],
)
