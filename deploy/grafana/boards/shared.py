"""Rows that several dashboards have: the calls of a gRPC service, and what a process uses."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Row
from deploy.grafana.panels import RED, YELLOW, Query, graph
from deploy.grafana.queries import Job, quantile, rate, share, sum_of

OUR_FAULT = 'code=~"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"'
"""Codes of gRPC that are no refusal: somebody has to do something."""


def calls(job: Job, by: str = "method") -> Row:
    """Rate, errors and duration of the gRPC calls of a service."""
    requests = job.series("atelier_grpc_server_requests_total")
    failed = job.series("atelier_grpc_server_requests_total", OUR_FAULT)
    buckets = job.series("atelier_grpc_server_duration_seconds_bucket")
    return Row(
        "Calls, errors, duration",
        [
            graph(
                "Calls",
                "What the service is asked. A method that falls to nothing while others go on has lost its callers.",
                Query(rate(requests, by), f"{{{{{by}}}}}"),
                unit=units.RequestsPerSecond,
                stacked=True,
            ),
            graph(
                "Failed share",
                "Calls that end in the service's own fault or too late; refusals of bad requests are not among them. "
                "Look in its log for the request ids, and at its neighbours and its database.",
                Query(share(failed, requests, by), f"{{{{{by}}}}}"),
                unit=units.PercentUnit,
                warn=[(0.01, RED)],
            ),
            graph(
                "Duration: 95 of 100 are faster",
                "From a call's arrival to its last byte. Points are single calls; each leads to its trace.",
                Query(quantile(0.95, buckets, by), f"{{{{{by}}}}}", exemplars=True),
                unit=units.Seconds,
            ),
        ],
    )


def resources(job: Job) -> Row:
    """What the processes use of their machine: processor, memory, files, places for calls."""
    return Row(
        "Utilisation and saturation",
        [
            graph(
                "Processor",
                "Cores that each process uses. One that stays at its limit needs more replicas: see the autoscaler.",
                Query(rate(job.series("process_cpu_seconds_total"), "job, instance"), "{{job}} {{instance}}"),
                unit="cores",
                width=6,
            ),
            graph(
                "Memory",
                "Memory in use. Growth that follows no traffic is a leak: restart the pod and keep its profile.",
                Query(
                    sum_of(job.series("process_resident_memory_bytes"), "job, instance"),
                    "{{job}} {{instance}}",
                ),
                unit=units.BytesIEC,
                width=6,
            ),
            graph(
                "Calls at work",
                "Calls that are answered right now. At the limit of the server further ones are refused at once.",
                Query(
                    sum_of(job.series("atelier_grpc_server_in_flight"), "job, method"), "{{job}} {{method}}"
                ),
                width=6,
            ),
            graph(
                "Open files",
                "Share of the file descriptors that the process may open. Near 1 it takes no more connections.",
                Query(
                    f"{sum_of(job.series('process_open_fds'), 'job, instance')}"
                    f" / {sum_of(job.series('process_max_fds'), 'job, instance')}",
                    "{{job}} {{instance}}",
                ),
                unit=units.PercentUnit,
                width=6,
                warn=[(0.8, YELLOW)],
            ),
        ],
    )
