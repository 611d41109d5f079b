"""Triton and the GPU: do the models keep up, and is the card used well and in good health?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.panels import RED, YELLOW, Query, graph
from deploy.grafana.queries import Job, mean, rate, share, sum_of

TRITON = Job("triton")
GPU = Job("dcgm")
BOTH = Job("triton|dcgm")
SUCCESS = TRITON.series("nv_inference_request_success")
FAILURE = TRITON.series("nv_inference_request_failure")
ROWS = TRITON.series("nv_inference_count")
RUNS = TRITON.series("nv_inference_exec_count")
WAITING = TRITON.series("nv_inference_pending_request_count")
MICROSECONDS = "µs"


def _time_of(stage: str) -> str:
    """Mean microseconds that one request spent in a stage."""
    return mean(TRITON.series(f"nv_inference_{stage}_duration_us"), SUCCESS, "model")


BOARD = Board(
    uid="atelier-triton-and-gpu",
    title="Atelier / Triton and GPU",
    question="Do the models keep up, and is the card used well and in good health?",
    jobs=BOTH,
    rows=[
        Row(
            "Requests, errors, duration",
            [
                graph(
                    "Requests by model",
                    "What the server is asked.",
                    Query(rate(SUCCESS, "model"), "{{model}}"),
                    unit=units.RequestsPerSecond,
                    stacked=True,
                ),
                graph(
                    "Failures by model and reason",
                    "`REJECTED`: the queue was full. `BACKEND`: the model failed; see the server's log, and restart "
                    "it when it goes on. `CANCELED`: the caller did not wait.",
                    Query(rate(FAILURE, "model, reason"), "{{model}} {{reason}}"),
                    unit=units.RequestsPerSecond,
                    warn=[(0.01, RED)],
                    alert="TritonModelFails",
                ),
                graph(
                    "Time of one request, mean",
                    "Where it goes: waiting in the queue, then computing. A queue that outgrows the computing needs "
                    "another instance of the model or another card.",
                    Query(_time_of("request"), "{{model}} whole"),
                    Query(_time_of("queue"), "{{model}} waiting"),
                    Query(_time_of("compute_infer"), "{{model}} computing"),
                    unit=units.Microseconds,
                    warn=[(100_000, RED)],
                    alert="TritonQueueSlow",
                ),
            ],
        ),
        Row(
            "Batching and queues",
            [
                graph(
                    "Rows run together, mean",
                    "1 under load means that dynamic batching does not work.",
                    Query(mean(ROWS, RUNS, "model"), "{{model}}"),
                    unit="rows",
                ),
                graph(
                    "Requests waiting",
                    "A queue that does not empty is too little capacity. The autoscaler looks at it as well.",
                    Query(sum_of(WAITING, "model"), "{{model}}"),
                ),
                graph(
                    "Share of the time spent waiting",
                    "Of a request's whole time. Above a half, requests wait longer than they are worked on.",
                    Query(
                        share(
                            TRITON.series("nv_inference_queue_duration_us"),
                            TRITON.series("nv_inference_request_duration_us"),
                            "model",
                        ),
                        "{{model}}",
                    ),
                    unit=units.PercentUnit,
                    most=1,
                    warn=[(0.5, YELLOW)],
                ),
            ],
        ),
        Row(
            "GPU",
            [
                graph(
                    "Card at work",
                    "Share of the time in which any kernel ran. High and with queues: the card is the limit. Low and "
                    "with queues: the limit is elsewhere.",
                    Query(
                        sum_of(GPU.series("DCGM_FI_DEV_GPU_UTIL"), "instance, gpu"),
                        "{{instance}} GPU {{gpu}}",
                    ),
                    unit=units.Percent,
                    width=6,
                    most=100,
                    warn=[(95, RED)],
                    alert="GpuSaturated",
                ),
                graph(
                    "Memory of the card",
                    "Share in use. Near 1 the next model does not load.",
                    Query(
                        f"{sum_of(GPU.series('DCGM_FI_DEV_FB_USED'), 'instance, gpu')} / "
                        f"({sum_of(GPU.series('DCGM_FI_DEV_FB_USED'), 'instance, gpu')} + "
                        f"{sum_of(GPU.series('DCGM_FI_DEV_FB_FREE'), 'instance, gpu')})",
                        "{{instance}} GPU {{gpu}}",
                    ),
                    unit=units.PercentUnit,
                    width=6,
                    most=1,
                    warn=[(0.95, RED)],
                    alert="GpuMemoryFull",
                ),
                graph(
                    "Temperature",
                    "Above 85 °C most cards slow themselves down: look at the machine's cooling.",
                    Query(
                        sum_of(GPU.series("DCGM_FI_DEV_GPU_TEMP"), "instance, gpu"),
                        "{{instance}} GPU {{gpu}}",
                    ),
                    unit=units.Celsius,
                    width=6,
                    warn=[(85, RED)],
                    alert="GpuHot",
                ),
                graph(
                    "Last error of the driver (XID)",
                    "0 is none. Any other number: drain the node, look the number up in NVIDIA's list of XID errors.",
                    Query(
                        sum_of(GPU.series("DCGM_FI_DEV_XID_ERRORS"), "instance, gpu"),
                        "{{instance}} GPU {{gpu}}",
                    ),
                    width=6,
                    warn=[(1, YELLOW)],
                    alert="GpuFault",
                ),
            ],
        ),
    ],
)
