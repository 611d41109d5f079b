"""The gateway: is HTTP answered, how fast, and which route is it?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.panels import RED, Query, graph
from deploy.grafana.queries import Job, quantile, rate, share

GATEWAY = Job("atelier-gateway")
REQUESTS = GATEWAY.series("atelier_gateway_requests_total")
FAILED = GATEWAY.series("atelier_gateway_requests_total", 'status=~"5.."')
REFUSED = GATEWAY.series("atelier_gateway_requests_total", 'status=~"4.."')
BUCKETS = GATEWAY.series("atelier_gateway_request_duration_seconds_bucket")
IN_FLIGHT = GATEWAY.series("atelier_gateway_in_flight")

BOARD = Board(
    uid="atelier-gateway",
    title="Atelier / Gateway",
    question="Is HTTP answered, how fast, and on which route does it go wrong?",
    jobs=GATEWAY,
    rows=[
        Row(
            "Requests, errors, duration",
            [
                graph(
                    "Requests by route",
                    "Which route is used. A route that falls to nothing while the others go on has lost its callers.",
                    Query(rate(REQUESTS, "route"), "{{route}}"),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Failed share by route",
                    "Answers of 500 and above. One route: look at the service behind it. All routes: look at auth and "
                    "the network between the services.",
                    Query(share(FAILED, REQUESTS, "route"), "{{route}}"),
                    unit=units.PercentUnit,
                    warn=[(0.01, RED)],
                ),
                graph(
                    "Duration by route, 95 of 100 are faster",
                    "The slowest route first. Points are single requests: each leads to its trace.",
                    Query(quantile(0.95, BUCKETS, "route"), "{{route}}", exemplars=True),
                    unit=units.Seconds,
                ),
            ],
        ),
    ],
)
