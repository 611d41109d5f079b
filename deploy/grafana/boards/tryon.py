"""Try-on: is size advice given, and how sure is it?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import YELLOW, Query, graph
from deploy.grafana.queries import Job, quantile, rate, share

TRYON = Job("atelier-tryon")
ADVICE = TRYON.series("atelier_tryon_size_advice_total")
REFUSED = TRYON.series("atelier_tryon_size_advice_total", 'outcome="not_comparable"')
CONFIDENCE = TRYON.series("atelier_tryon_size_advice_confidence_ratio_bucket")

BOARD = Board(
    uid="atelier-try-on",
    title="Atelier / Try-on",
    question="Is size advice given, and how sure is it?",
    jobs=TRYON,
    rows=[
        shared.calls(TRYON),
        Row(
            "Size advice",
            [
                graph(
                    "Sizes asked for, by outcome",
                    "`not_comparable` is a garment without a size chart for the body's measurements.",
                    Query(rate(ADVICE, "outcome"), "{{outcome}}"),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Without an answer",
                    "Share of questions that cannot be answered. It grows with a new catalogue: complete its charts.",
                    Query(share(REFUSED, ADVICE), "share"),
                    unit=units.PercentUnit,
                    warn=[(0.1, YELLOW)],
                ),
                graph(
                    "Confidence of the advice",
                    "Half of all advice is less sure than the upper curve, one in twenty less than the lower one. A "
                    "fall after a change of the catalogue points at wrong size charts.",
                    Query(quantile(0.5, CONFIDENCE), "half are surer"),
                    Query(quantile(0.05, CONFIDENCE), "95 of 100 are surer"),
                    unit=units.PercentUnit,
                    most=1,
                ),
            ],
        ),
        shared.resources(TRYON),
    ],
)
