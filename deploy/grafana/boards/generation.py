"""The generator: are avatars made, are they as exact as promised, and what is refused?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import YELLOW, Query, graph, number
from deploy.grafana.queries import Job, or_zero, quantile, rate, share, total

GENERATOR = Job("atelier-generator")
AVATARS = GENERATOR.series("atelier_generator_avatars_created_total")
OUTSIDE = GENERATOR.series("atelier_generator_avatars_created_total", 'within_iso20685="no"')
SCANS = GENERATOR.series("atelier_generator_scans_created_total")
REFUSALS = GENERATOR.series("atelier_generator_refusals_total")
INFERENCE = GENERATOR.series("atelier_generator_inference_duration_seconds_bucket")

BOARD = Board(
    uid="atelier-generation",
    title="Atelier / Generation",
    question="Are avatars made, do they measure what was asked, and where does the time go?",
    jobs=GENERATOR,
    rows=[
        shared.calls(GENERATOR),
        Row(
            "Avatars",
            [
                number(
                    "Avatars made",
                    "Avatars stored within the time on the screen.",
                    Query(or_zero(total(AVATARS)), "avatars"),
                    decimals=0,
                ),
                number(
                    "Outside ISO 20685",
                    "Share of avatars of which a measurement misses the limit of the standard. More than a few: has "
                    "the model or the mesher been changed? The dashboard of the mesher shows bodies that cannot be.",
                    Query(or_zero(share(OUTSIDE, AVATARS)), "share"),
                    unit=units.PercentUnit,
                    warn=[(0.02, YELLOW)],
                ),
                number(
                    "Scans made",
                    "Scans stored within the time on the screen.",
                    Query(or_zero(total(SCANS)), "scans"),
                    decimals=0,
                ),
            ],
        ),
        Row(
            "What is made, what is refused, how long the network takes",
            [
                graph(
                    "Avatars, by whether they keep ISO 20685",
                    "Both together are the output of the platform.",
                    Query(rate(AVATARS, "within_iso20685"), "within limits: {{within_iso20685}}"),
                    unit="avatars/s",
                    stacked=True,
                ),
                graph(
                    "Refusals by reason",
                    "Requests that cannot be had. A reason that grows at once is a caller that sends something new, or "
                    "a limit of ours that is wrong.",
                    Query(rate(REFUSALS, "reason"), "{{reason}}"),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Inference: measurements to points",
                    "Waiting for the network included. When it grows and the network itself does not (dashboard of "
                    "Triton), requests queue: add replicas of the generator or instances of the model.",
                    Query(quantile(0.5, INFERENCE), "half are faster"),
                    Query(quantile(0.95, INFERENCE), "95 of 100 are faster", exemplars=True),
                    unit=units.Seconds,
                ),
            ],
        ),
        shared.resources(GENERATOR),
    ],
)
