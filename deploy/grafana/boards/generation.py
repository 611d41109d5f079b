"""The generator: are avatars made, are they as exact as promised, and where does the time go?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import RED, YELLOW, Query, graph, number
from deploy.grafana.queries import Job, mean, or_none, quantile, rate, share, sum_of, total

GENERATOR = Job("atelier-generator")
AVATARS = GENERATOR.series("atelier_generator_avatars_created_total")
OUTSIDE = GENERATOR.series("atelier_generator_avatars_created_total", 'within_iso20685="no"')
SCANS = GENERATOR.series("atelier_generator_scans_created_total")
FACE_BUCKETS = GENERATOR.series("atelier_generator_face_duration_seconds_bucket")
PHOTOS_REFUSED = GENERATOR.series("atelier_generator_photos_refused_total")
POSES_READ = GENERATOR.series("atelier_generator_poses_read_total")
FACES_CLEARED = GENERATOR.series("atelier_generator_faces_cleared_total")
REFUSALS = GENERATOR.series("atelier_grpc_server_refusals_total")
CALL_BUCKETS = GENERATOR.series("atelier_grpc_client_duration_seconds_bucket")
INFERENCES = GENERATOR.series("atelier_inference_requests_total")
INFERENCES_FAILED = GENERATOR.series("atelier_inference_requests_total", 'outcome!="ok"')
INFERENCES_REPEATED = GENERATOR.series("atelier_inference_retries_total")
INFERENCE_BUCKETS = GENERATOR.series("atelier_inference_duration_seconds_bucket")
ROWS_HERE = mean(
    GENERATOR.series("atelier_inference_batch_rows_sum"),
    GENERATOR.series("atelier_inference_batch_rows_count"),
    "model",
)
ROWS_ON_TRITON = mean('nv_inference_count{job="triton"}', 'nv_inference_exec_count{job="triton"}', "model")

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
                    "Stored within the time on the screen.",
                    Query(total(AVATARS), "avatars"),
                    width=8,
                    decimals=0,
                ),
                number(
                    "Outside ISO 20685",
                    "Share of avatars of which a measurement misses the limit of the standard. More than a few: was "
                    "the model or the mesher changed? The mesher's dashboard shows bodies that cannot be.",
                    Query(share(OUTSIDE, AVATARS), "share"),
                    unit=units.PercentUnit,
                    width=8,
                    warn=[(0.01, YELLOW)],
                    alert="ErrorBudgetBurnsSlowly",
                ),
                number(
                    "Scans made",
                    "Stored within the time on the screen.",
                    Query(total(SCANS), "scans"),
                    width=8,
                    decimals=0,
                ),
                graph(
                    "Avatars, by whether they keep ISO 20685",
                    "Both together are what the platform delivers.",
                    Query(rate(AVATARS, "within_iso20685"), "within limits: {{within_iso20685}}"),
                    unit="avatars/s",
                    stacked=True,
                ),
                graph(
                    "Refusals by reason",
                    "Requests that cannot be had. A reason that grows at once is a caller that sends something new, or "
                    "a limit of ours that is wrong.",
                    Query(or_none(rate(REFUSALS, "reason"), reason="none"), "{{reason}}"),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Neighbours: 95 of 100 calls are faster",
                    "Where the time of an avatar goes: the mesher takes most of it.",
                    Query(quantile(0.95, CALL_BUCKETS, "service"), "{{service}}", exemplars=True),
                    unit=units.Seconds,
                ),
            ],
        ),
        Row(
            "Faces",
            [
                graph(
                    "Time of a face: 95 of 100 are faster",
                    "From the uploads to the stored file, and how much of it passes in the networks. The rest is "
                    "decoding and painting.",
                    Query(quantile(0.95, FACE_BUCKETS, "part"), "{{part}}", exemplars=True),
                    unit=units.Seconds,
                    width=6,
                ),
                graph(
                    "Photos refused, by side",
                    "People are told what to do about each. One side alone that grows: its hint is not understood.",
                    Query(or_none(rate(PHOTOS_REFUSED, "slot"), slot="none"), "{{slot}}"),
                    unit="photos/s",
                    stacked=True,
                    width=6,
                ),
                graph(
                    "Poses read from photos and motions",
                    "`refused` is what people sent; `failed` is ours.",
                    Query(
                        or_none(rate(POSES_READ, "origin, outcome"), origin="none", outcome="read"),
                        "{{origin}} {{outcome}}",
                    ),
                    unit="files/s",
                    stacked=True,
                    width=6,
                ),
                graph(
                    "Deleted because their time was over",
                    "`uploads` were left behind by processes that ended: a few after a crash, else none.",
                    Query(or_none(rate(FACES_CLEARED, "what"), what="none"), "{{what}}"),
                    unit="objects/s",
                    stacked=True,
                    width=6,
                ),
            ],
        ),
        Row(
            "Inference",
            [
                graph(
                    "Duration of an inference",
                    "Waiting included. When it grows and the time of the model itself does not (dashboard Triton and "
                    "GPU), requests queue: add instances of the model.",
                    Query(quantile(0.5, INFERENCE_BUCKETS, "model"), "{{model}} half are faster"),
                    Query(
                        quantile(0.95, INFERENCE_BUCKETS, "model"),
                        "{{model}} 95 of 100 are faster",
                        exemplars=True,
                    ),
                    unit=units.Seconds,
                    warn=[(0.25, RED)],
                    alert="InferenceSlow",
                ),
                graph(
                    "Failed inferences",
                    "Share of all. Avatars cannot be made without. Is Triton up, and does its log name the model?",
                    Query(share(INFERENCES_FAILED, INFERENCES, "model, backend"), "{{model}} on {{backend}}"),
                    unit=units.PercentUnit,
                    warn=[(0.01, YELLOW), (0.05, RED)],
                    alert="InferenceFails",
                ),
                graph(
                    "Inferences under way",
                    "Those at work and the queue before them.",
                    Query(
                        sum_of(GENERATOR.series("atelier_inference_in_flight"), "model, backend"),
                        "{{model}} on {{backend}}",
                    ),
                    warn=[(32, RED)],
                    alert="InferenceQueueGrows",
                ),
                graph(
                    "Rows run together, mean",
                    "In this process or on Triton, whichever runs the model. 1 under load means that nothing is joined.",
                    Query(f"{ROWS_HERE} or {ROWS_ON_TRITON}", "{{model}}"),
                    unit="rows",
                    width=12,
                ),
                graph(
                    "Repeated attempts on Triton",
                    "Attempts that failed. `repeated` hides failures of the server from people; `denied` was not asked again, "
                    "because so many had failed: an outage.",
                    Query(or_none(rate(INFERENCES_REPEATED, "outcome"), outcome="repeated"), "{{outcome}}"),
                    unit=units.RequestsPerSecond,
                    width=12,
                ),
            ],
        ),
        shared.records(GENERATOR),
        shared.files(GENERATOR),
        shared.resources(GENERATOR),
    ],
)
