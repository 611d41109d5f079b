"""The six services: are they there, do they answer, in time, and do they reach each other."""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group, Recording
from deploy.prometheus.names import NO_PROBE, OUR_FAULT, OURS, quantile, share

_CALLS = f"atelier_grpc_server_requests_total{{{NO_PROBE}}}"
_FAULTS = f"atelier_grpc_server_requests_total{{{NO_PROBE}, {OUR_FAULT}}}"
_MADE = f"atelier_grpc_client_requests_total{{{NO_PROBE}}}"
_UNANSWERED = f'atelier_grpc_client_requests_total{{{NO_PROBE}, code=~"UNAVAILABLE|DEADLINE_EXCEEDED"}}'
# Pictures, videos and scans take seconds, and wait for each other as they should: what they are refused is told.
_WAITED = 'atelier_admission_wait_duration_seconds_bucket{queue!~"drawings|films|gallery|scans"}'
_GATEWAY = "atelier_gateway_requests_total"
_GATEWAY_SECONDS = "atelier_gateway_request_duration_seconds_bucket"

RECORDINGS = Group(
    "atelier-services-recorded",
    [
        Recording(
            "job_method:atelier_grpc_server_requests:rate5m", f"sum by (job, method) (rate({_CALLS}[5m]))"
        ),
        Recording("job:atelier_grpc_server_faults:ratio_rate5m", share(_FAULTS, _CALLS, "job", "5m")),
        *(
            Recording(
                f"job_method:atelier_grpc_server_duration_seconds:p{which}_rate5m",
                quantile(which / 100, "atelier_grpc_server_duration_seconds_bucket", "job, method", "5m"),
            )
            for which in (50, 95, 99)
        ),
        Recording("route:atelier_gateway_requests:rate5m", f"sum by (route) (rate({_GATEWAY}[5m]))"),
        Recording(
            "route:atelier_gateway_faults:ratio_rate5m",
            share(f'{_GATEWAY}{{status=~"5.."}}', _GATEWAY, "route", "5m"),
        ),
        *(
            Recording(
                f"route:atelier_gateway_request_duration_seconds:p{which}_rate5m",
                quantile(which / 100, _GATEWAY_SECONDS, "route", "5m"),
            )
            for which in (50, 95, 99)
        ),
        Recording(
            "job_service:atelier_grpc_client_unanswered:ratio_rate2m",
            share(_UNANSWERED, _MADE, "job, service", "2m"),
        ),
    ],
)

# Where Kubernetes names the targets, a service without pods has none: it was there within a day, and is not now. To
# ask for what is absent would be true as well while Prometheus starts and has not looked yet.
_GONE = f"group by (job) (last_over_time(up{{{OURS}}}[1d])) unless on (job) group by (job) (up{{{OURS}}})"

ALERTS = Group(
    "atelier-services",
    [
        Alert(
            "ServiceDown",
            f"sum by (job) (up{{{OURS}}}) == 0 or ({_GONE})",
            "1m",
            "page",
            "No replica of {{ $labels.job }} answers",
            "Prometheus reaches no replica of it: what needs the service answers 503, and the jobs of a worker wait.",
        ),
        Alert(
            "ReplicaDown",
            f"up{{{OURS}}} == 0 and on (job) sum by (job) (up{{{OURS}}}) > 0",
            "5m",
            "ticket",
            "{{ $labels.instance }} of {{ $labels.job }} does not answer",
            "Others of the service do, with less to spare.",
        ),
        Alert(
            "ServiceRestarted",
            f"changes(process_start_time_seconds{{{OURS}}}[10m]) > 0",
            "0s",
            "ticket",
            "{{ $labels.instance }} of {{ $labels.job }} began anew",
            "The process ended and another one took its place at the same address: it crashed, was killed, or "
            "somebody restarted it. A roll-out in Kubernetes brings new addresses and is not told.",
        ),
        Alert(
            "ServiceCrashLoops",
            f"changes(process_start_time_seconds{{{OURS}}}[15m]) > 2",
            "0s",
            "page",
            "{{ $labels.instance }} of {{ $labels.job }} ends again and again",
            "More than two starts within a quarter of an hour: it does not get to work.",
        ),
        Alert(
            "GatewayNotReady",
            # Who drains says so before it goes: what is left of its counters must not outlive it.
            f'rate({_GATEWAY}{{route="/readyz", status="503"}}[2m]) > 0 and on (job, instance) up == 1',
            "1m",
            "page",
            "The gateway {{ $labels.instance }} takes no requests",
            "It has not got auth's keys and can read no token, or it goes on draining. Load balancers send it nothing "
            "more.",
        ),
        Alert(
            "DependencyDown",
            f"atelier_dependency_up{{{OURS}}} == 0",
            "1m",
            "page",
            "{{ $labels.instance }} of {{ $labels.job }} does without {{ $labels.dependency }}",
            "It asks what it stands on every half second, and gets no answer; it says NOT_SERVING where it can do "
            "nothing without.",
        ),
        Alert(
            "ServiceFails",
            f"{share(_FAULTS, _CALLS, 'job', '5m')} > 0.05 and sum by (job) (rate({_FAULTS}[5m])) > 0.01",
            "2m",
            "page",
            "{{ $labels.job }} fails more than one call in twenty",
            "Its own faults and those of what it stands on; refusals of bad requests are not among them.",
        ),
        Alert(
            "PeerUnreachable",
            f"{share(_UNANSWERED, _MADE, 'job, service', '2m')} > 0.05"
            f" and sum by (job, service) (rate({_UNANSWERED}[2m])) > 0.01",
            "1m",
            "page",
            "{{ $labels.job }} does not reach {{ $labels.service }}",
            "More than one call in twenty ends as UNAVAILABLE or DEADLINE_EXCEEDED: the peer is down, hangs, is "
            "overloaded, or the network between the two is cut.",
        ),
        Alert(
            "RequestsHang",
            "atelier_gateway_overdue > 0",
            "1m",
            "page",
            "{{ $value }} requests of {{ $labels.instance }} are past their deadline without an answer",
            "Every request has a deadline; one that outlives it is a fault of ours, whatever is down behind it.",
        ),
        Alert(
            "RetryStorm",
            "sum by (job) (rate(atelier_grpc_server_repeated_attempts_total[5m]))"
            f" / (sum by (job) (rate({_CALLS}[5m])) > 0) > 0.2",
            "2m",
            "ticket",
            "More than one call in five to {{ $labels.job }} is a repeated attempt",
            "Its callers find it away and try again, which adds load to whatever is wrong.",
        ),
        Alert(
            "RefusalsSpike",
            'sum by (reason) (rate(atelier_gateway_refusals_total{reason!~"internal|unavailable"}[10m]))'
            f" / on () group_left () (sum(rate({_GATEWAY}[10m])) > 0.1) > 0.3",
            "10m",
            "ticket",
            "Three of ten requests are refused as {{ $labels.reason }}",
            "A client sends what the contract refuses: a release of an app that is wrong, or somebody who tries "
            "passwords or ids.",
        ),
        Alert(
            "WorkTurnedAway",
            "sum by (job, queue) (rate(atelier_admission_refusals_total[5m])) > 0.05",
            "5m",
            "ticket",
            "{{ $labels.job }} turns work away at its queue {{ $labels.queue }}",
            "More comes than there are hands: requests are refused early, which keeps the others fast.",
        ),
        Alert(
            "QueueStands",
            f"{quantile(0.95, _WAITED, 'job, queue', '5m')} > 0.5",
            "5m",
            "ticket",
            "Work waits half a second and more at {{ $labels.queue }} of {{ $labels.job }}",
            "The service works at its limit; soon it turns work away. The mesher's queue for bodies is the usual one; those of "
            "pictures, videos and scans are slow by nature, and left out.",
        ),
        Alert(
            "EventLoopBlocked",
            f"{quantile(0.99, 'atelier_runtime_loop_lag_seconds_bucket', 'job', '5m')} > 0.25",
            "5m",
            "ticket",
            "The event loop of {{ $labels.job }} is held up",
            "Everything in the process waits: something computes or blocks where it should not, or the processor is short.",
        ),
        Alert(
            "FilesRunOut",
            f"process_open_fds{{{OURS}}} / process_max_fds{{{OURS}}} > 0.8",
            "10m",
            "ticket",
            "{{ $labels.instance }} of {{ $labels.job }} has four fifths of its files open",
            "At the limit it takes no connection more. Connections that are never closed are the usual reason.",
        ),
        Alert(
            "LimitsCountedApart",
            "sum by (job) (increase(atelier_gateway_limit_store_failures_total[5m])) > 3",
            "5m",
            "ticket",
            "Gateways count requests each by themselves",
            "Their shared store does not answer. Nobody is refused for it; a caller gets up to as many times the published "
            "limits as there are gateways.",
        ),
        Alert(
            "AuditTrailBehind",
            "max by (job, instance) (atelier_gateway_audit_waiting) > 50000"
            " or sum by (job, instance) (increase(atelier_gateway_audit_lost_total[15m])) > 0",
            "1m",
            "page",
            "Audit entries of {{ $labels.instance }} do not reach auth",
            "They wait in the gateway's folder, where there is room for 300,000; once it is full or the disk takes no more, "
            "they are lost. Requests are answered all the same.",
        ),
        Alert(
            "CertificateExpires",
            "min by (job, instance, certificate) (atelier_tls_certificate_expiry_timestamp_seconds) - time() < 43200",
            "5m",
            "page",
            "The certificate ({{ $labels.certificate }}) of {{ $labels.instance }} of {{ $labels.job }} ends within twelve hours",
            "Once it has, no peer talks to it. It should have been renewed a day before its end.",
        ),
    ],
)
GROUPS = (RECORDINGS, ALERTS)
