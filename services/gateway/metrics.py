"""Every metric of the gateway."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "atelier_gateway_requests_total",
    "HTTP requests answered, by route template and status.",
    ["route", "method", "status"],
)
REQUEST_DURATION = Histogram(
    "atelier_gateway_request_duration_seconds",
    "Time from a request's arrival to its last byte.",
    ["route", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100),
)
IN_FLIGHT = Gauge("atelier_gateway_in_flight", "HTTP requests at work now.")
OVERDUE = Gauge(
    "atelier_gateway_overdue",
    "Requests past their deadline for which no answer has begun: they hang.",
)
KEYED_REQUESTS = Counter(
    "atelier_gateway_keyed_requests_total",
    "Requests with an Idempotency-Key, by what became of them; `not_kept` is an answer that auth could not take.",
    ["outcome"],  # run | replayed | in_progress | not_kept
)
LIMIT_STORE_FAILURES = Counter(
    "atelier_gateway_limit_store_failures_total",
    "Times that the shared store of limits did not answer, and a request was counted in memory.",
)
AUDIT_WAITING = Gauge(
    "atelier_gateway_audit_waiting", "Audit entries in the spool, which auth does not have yet."
)
AUDIT_LOST = Counter(
    "atelier_gateway_audit_lost_total", "Audit entries that were given up: none is the rule."
)
REFUSALS = Counter(
    "atelier_gateway_refusals_total",
    "Requests answered with an error of the contract, by its reason; a bug is `internal`.",
    ["reason"],  # those of error_reason.proto, in lower case
)
