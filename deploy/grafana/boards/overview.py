"""The overview: are people served, and if not, which service is it?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import RED, Query, graph
from deploy.grafana.queries import Job, quantile, rate, share

ALL = Job("atelier-.*")
GATEWAY = Job("atelier-gateway")
REQUESTS = GATEWAY.series("atelier_gateway_requests_total")
FAILED = GATEWAY.series("atelier_gateway_requests_total", 'status=~"5.."')
BUCKETS = GATEWAY.series("atelier_gateway_request_duration_seconds_bucket")

BOARD = Board(
    uid="atelier-overview",
    title="Atelier / Overview",
    question="Are people served, and if not, which service is it?",
    jobs=ALL,
    rows=[
        Row(
            "Traffic",
            [
                graph(
                    "Requests by status",
                    "What people ask of the gateway, and how it is answered.",
                    Query(rate(REQUESTS, "status"), "{{status}}"),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Failed share",
                    "Answers of 500 and above. Next: the row of the services below.",
                    Query(share(FAILED, REQUESTS), "failed"),
                    unit=units.PercentUnit,
                    warn=[(0.01, RED)],
                ),
                graph(
                    "Duration",
                    "From a request's arrival to its last byte.",
                    Query(quantile(0.5, BUCKETS), "half are faster"),
                    Query(quantile(0.95, BUCKETS), "95 of 100 are faster"),
                    Query(quantile(0.99, BUCKETS), "99 of 100 are faster", exemplars=True),
                    unit=units.Seconds,
                ),
            ],
        ),
        shared.calls(ALL, "job"),
        shared.resources(ALL),
    ],
)
