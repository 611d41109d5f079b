"""The mesher: how long does a body take, and can it be had at all?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import YELLOW, Query, graph, spread
from deploy.grafana.queries import Job, quantile, rate, share, sum_of

MESHER = Job("atelier-mesher")
BUILDS = MESHER.series("atelier_mesher_build_duration_seconds_count")
BUILD_BUCKETS = MESHER.series("atelier_mesher_build_duration_seconds_bucket")
SCANS = MESHER.series("atelier_mesher_scan_duration_seconds_count")
SCAN_BUCKETS = MESHER.series("atelier_mesher_scan_duration_seconds_bucket")
DRAWN_BUCKETS = MESHER.series("atelier_mesher_draw_duration_seconds_bucket")
DRAWS = MESHER.series("atelier_mesher_drawing_available")
ON_CARDS = MESHER.series("atelier_mesher_drawing_on_card")
FILM_BUCKETS = MESHER.series("atelier_mesher_video_duration_seconds_bucket")
STEPS = MESHER.series("atelier_mesher_correction_iterations_bucket")
BODIES = MESHER.series("atelier_mesher_correction_iterations_count")
CUTS = MESHER.series("atelier_mesher_cut_lookups_total")
CUTS_MADE = MESHER.series("atelier_mesher_cuts_made_total")
INFEASIBLE = MESHER.series("atelier_mesher_infeasible_bodies_total")

BOARD = Board(
    uid="atelier-mesher",
    title="Atelier / Mesher",
    question="How long does a body take, does the mesher keep up, and can it make what is asked?",
    jobs=MESHER,
    rows=[
        shared.calls(MESHER),
        Row(
            "Bodies",
            [
                graph(
                    "Bodies built, by kind and outcome",
                    "`refused` is a request that cannot be had; `failed` is a bug: find it in the log.",
                    Query(rate(BUILDS, "kind, outcome"), "{{kind}} {{outcome}}"),
                    unit="bodies/s",
                    stacked=True,
                ),
                graph(
                    "Time of one body: 95 of 100 are faster",
                    "Waiting for a worker included. When it grows with the traffic, the mesher needs more replicas; "
                    "when it grows without, look at what was changed.",
                    Query(quantile(0.95, BUILD_BUCKETS, "kind"), "{{kind}}", exemplars=True),
                    unit=units.Seconds,
                ),
                spread(
                    "Times of bodies",
                    "Two bands are two kinds of work: previews are the lower one.",
                    rate(BUILD_BUCKETS, "le"),
                ),
                graph(
                    "Steps of the correction on the tape",
                    "Steps that closing the loop took. Two to four are usual. More: the network and the mesher do not "
                    "belong to each other, or people ask for extreme bodies.",
                    Query(quantile(0.5, STEPS), "half take fewer"),
                    Query(quantile(0.95, STEPS), "95 of 100 take fewer"),
                    unit="steps",
                    width=6,
                ),
                graph(
                    "Bodies that cannot be as asked",
                    "Share of bodies of which a measurement could not be delivered. The receipt says which.",
                    Query(share(INFEASIBLE, BODIES), "share"),
                    unit=units.PercentUnit,
                    width=6,
                    warn=[(0.05, YELLOW)],
                ),
                graph(
                    "Scans: 95 of 100 are faster, by outcome",
                    "`mesh` and `body` went well. Scans are made one at a time: the wait for the turn counts.",
                    Query(quantile(0.95, SCAN_BUCKETS, "outcome"), "{{outcome}}", exemplars=True),
                    unit=units.Seconds,
                    width=6,
                ),
                graph(
                    "Cuts that had to be made",
                    "Share of the cuts of garments that were not kept from before; each takes 0.3 s. High without a new "
                    "catalogue: more kinds of garments are asked for than are kept.",
                    Query(share(CUTS_MADE, CUTS), "share"),
                    unit=units.PercentUnit,
                    width=6,
                ),
            ],
        ),
        Row(
            "Pictures",
            [
                graph(
                    "Time to draw a picture: 95 of 100 are faster",
                    "By style, without the wait for the turn: pictures are drawn one at a time. It grows with their size.",
                    Query(quantile(0.95, DRAWN_BUCKETS, "style"), "{{style}}", exemplars=True),
                    unit=units.Seconds,
                    width=8,
                ),
                graph(
                    "Time to make a video: 95 of 100 are faster, by outcome",
                    "The wait for the turn counts: videos are made one at a time, and give way to pictures. `failed` counts "
                    "those whose callers went.",
                    Query(quantile(0.95, FILM_BUCKETS, "outcome"), "{{outcome}}", exemplars=True),
                    unit=units.Seconds,
                    width=8,
                ),
                graph(
                    "Replicas that can draw",
                    "Fewer than there are: a driver of OpenGL is missing or was lost, and pictures are refused there. The "
                    "log says why at the start. Between what a card draws and what a processor does last bits differ.",
                    Query(sum_of(DRAWS), "can draw"),
                    Query(f"count({DRAWS})", "there are"),
                    Query(sum_of(ON_CARDS), "draw on a card"),
                    unit="replicas",
                    width=8,
                ),
            ],
        ),
        shared.queues(MESHER),
        shared.files(MESHER),
        shared.resources(MESHER),
    ],
)
