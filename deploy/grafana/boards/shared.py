"""Rows that several dashboards have: calls, what a process uses, and what it waits for."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Row
from deploy.grafana.panels import RED, YELLOW, Query, graph
from deploy.grafana.queries import Job, or_none, quantile, rate, share, sum_of
from deploy.prometheus.names import NO_PROBE, OUR_FAULT


def calls(job: Job, by: str = "method", legend: str = "{{method}}") -> Row:
    """Rate, errors and duration of the gRPC calls of a service, and how many are at work."""
    requests = job.series("atelier_grpc_server_requests_total", NO_PROBE)
    failed = job.series("atelier_grpc_server_requests_total", NO_PROBE, OUR_FAULT)
    buckets = job.series("atelier_grpc_server_duration_seconds_bucket", NO_PROBE)
    return Row(
        "Calls, errors, duration, saturation",
        [
            graph(
                "Calls",
                "What is asked. A line that falls to nothing while others go on has lost its callers.",
                Query(rate(requests, by), legend),
                unit=units.RequestsPerSecond,
                width=6,
                stacked=True,
            ),
            graph(
                "Failed calls",
                "Share of calls that end in the service's own fault or too late; refusals of bad requests are not among them. "
                "Look in its log for the request ids, then at its neighbours and its database.",
                Query(share(failed, requests, by), legend),
                unit=units.PercentUnit,
                width=6,
                warn=[(0.01, YELLOW), (0.05, RED)],
                alert="ServiceFails",
            ),
            graph(
                "Duration: 95 of 100 are faster",
                "From a call's arrival to its last byte. Points are single calls; each leads to its trace.",
                Query(quantile(0.95, buckets, by), legend, exemplars=True),
                unit=units.Seconds,
                width=6,
            ),
            graph(
                "Calls at work",
                "Calls that are answered right now. At `ATELIER_<SERVICE>_MAX_CONCURRENT_RPCS` further ones are refused.",
                Query(sum_of(job.series("atelier_grpc_server_in_flight", NO_PROBE), by), legend),
                width=6,
            ),
        ],
    )


def resources(job: Job, legend: str = "{{instance}}") -> Row:
    """What the processes use of their machine, and whether they still have time for the next request."""
    by = "job, instance"
    return Row(
        "Utilisation and saturation",
        [
            graph(
                "Processor",
                "Cores that each process uses. One that stays at its limit needs more replicas: see the autoscaler.",
                Query(rate(job.series("process_cpu_seconds_total"), by), legend),
                unit="cores",
                width=6,
            ),
            graph(
                "Memory",
                "Memory in use. Growth that follows no traffic is a leak: restart the pod and report it.",
                Query(sum_of(job.series("process_resident_memory_bytes"), by), legend),
                unit=units.BytesIEC,
                width=6,
            ),
            graph(
                "Event loop: 99 of 100 wake-ups are faster",
                "How much too late the process takes its next step. High without a busy processor: something blocks "
                "the loop; look at what was released last.",
                Query(quantile(0.99, job.series("atelier_runtime_loop_lag_seconds_bucket"), by), legend),
                unit=units.Seconds,
                width=6,
                warn=[(0.1, YELLOW), (0.25, RED)],
                alert="EventLoopBlocked",
            ),
            graph(
                "Open files",
                "Share of the files and connections that the process may open. At 1 it takes no more connections.",
                Query(
                    f"{sum_of(job.series('process_open_fds'), by)} / {sum_of(job.series('process_max_fds'), by)}",
                    legend,
                ),
                unit=units.PercentUnit,
                width=6,
                warn=[(0.8, RED)],
                alert="FilesRunOut",
            ),
        ],
    )


def queues(job: Job) -> Row:
    """Work that waits for a place, and work that is refused because it would wait too long."""
    return Row(
        "Queues",
        [
            graph(
                "Places taken",
                "Share of the places of each queue. Places become fewer while the process is short of processor.",
                Query(
                    f"{sum_of(job.series('atelier_admission_busy'), 'queue')}"
                    f" / {sum_of(job.series('atelier_admission_places'), 'queue')}",
                    "{{queue}}",
                ),
                unit=units.PercentUnit,
                width=6,
                most=1,
            ),
            graph(
                "Waiting for a place",
                "A queue that never empties is too little capacity: add replicas.",
                Query(sum_of(job.series("atelier_admission_waiting"), "queue"), "{{queue}}"),
                width=6,
            ),
            graph(
                "Wait: 95 of 100 are shorter",
                "How long work waited that was let in.",
                Query(
                    quantile(0.95, job.series("atelier_admission_wait_duration_seconds_bucket"), "queue"),
                    "{{queue}}",
                ),
                unit=units.Seconds,
                width=6,
                warn=[(0.5, RED)],
                alert="QueueStands",
            ),
            graph(
                "Refused before it began",
                "`full`: too much waits. `slow`: the wait would be too long. `late`: the caller would have gone. "
                "All three mean more requests than hands: add replicas, or find who sends them.",
                Query(
                    or_none(
                        rate(job.series("atelier_admission_refusals_total"), "queue, reason"),
                        queue="none",
                        reason="refused",
                    ),
                    "{{queue}} {{reason}}",
                ),
                unit=units.RequestsPerSecond,
                width=6,
                warn=[(0.05, RED)],
                alert="WorkTurnedAway",
            ),
        ],
    )


def records(job: Job) -> Row:
    """The database as the service sees it."""
    taken = sum_of(job.series("atelier_sql_pool_connections", 'state="in_use"'), "schema")
    waiting = sum_of(job.series("atelier_sql_pool_waiting"), "schema")
    limit = sum_of(job.series("atelier_sql_pool_limit_connections"), "schema")
    return Row(
        "Database, as the service sees it",
        [
            graph(
                "Connections wanted",
                "Those in use and those waited for, as a share of the pool. Above 1 units of work wait: is a statement "
                "slow, or is the traffic new?",
                Query(f"({taken} + ({waiting} or 0 * {taken})) / {limit}", "{{schema}}"),
                unit=units.PercentUnit,
                width=6,
                warn=[(0.7, YELLOW), (0.9, RED)],
                alert="DatabasePoolNearlyExhausted",
            ),
            graph(
                "Wait for a connection: 95 of 100 are shorter",
                "Opening and testing it included. Above some milliseconds the pool is the limit.",
                Query(
                    quantile(0.95, job.series("atelier_sql_pool_wait_duration_seconds_bucket"), "schema"),
                    "{{schema}}",
                ),
                unit=units.Seconds,
                width=6,
            ),
            graph(
                "Statements: 95 of 100 are faster",
                "From sending a statement to its answer. The slow ones are in the trace of a slow request.",
                Query(
                    quantile(
                        0.95, job.series("atelier_sql_statement_duration_seconds_bucket"), "schema, operation"
                    ),
                    "{{schema}} {{operation}}",
                    exemplars=True,
                ),
                unit=units.Seconds,
                width=6,
                warn=[(0.25, RED)],
                alert="DatabaseSlow",
            ),
            graph(
                "Errors by kind",
                "`unreachable`: look at the database. `pool_timeout`: at the connections. `constraint` is often the "
                "caller's doing, and `stale` was replaced before it was used.",
                Query(
                    or_none(
                        rate(job.series("atelier_sql_errors_total"), "schema, kind"),
                        schema="no",
                        kind="errors",
                    ),
                    "{{schema}} {{kind}}",
                ),
                unit="errors/s",
                width=6,
                warn=[(0.01, RED)],
                alert="DatabaseUnreachable",
            ),
        ],
    )


def files(job: Job) -> Row:
    """The object store as the service sees it."""
    requests = job.series("atelier_blobs_operation_duration_seconds_count")
    failed = job.series(
        "atelier_blobs_operation_duration_seconds_count", 'outcome=~"unavailable|failed|corrupt"'
    )
    return Row(
        "Object store",
        [
            graph(
                "Operations: 95 of 100 are faster",
                "Of a stream, the time to its first piece.",
                Query(
                    quantile(
                        0.95, job.series("atelier_blobs_operation_duration_seconds_bucket"), "operation"
                    ),
                    "{{operation}}",
                    exemplars=True,
                ),
                unit=units.Seconds,
                warn=[(1, RED)],
                alert="ObjectStoreSlow",
            ),
            graph(
                "Failed operations",
                "Share of all. `corrupt` is a file that is not what was written: keep it and look at the disk. The others: is the "
                "store up, are its keys valid?",
                Query(share(failed, requests, "operation"), "{{operation}}"),
                unit=units.PercentUnit,
                warn=[(0.02, RED)],
                alert="ObjectStoreFails",
            ),
            graph(
                "Bytes",
                "Read and written.",
                Query(rate(job.series("atelier_blobs_bytes_total"), "direction"), "{{direction}}"),
                unit=units.BytesPerSecondIEC,
            ),
        ],
    )
