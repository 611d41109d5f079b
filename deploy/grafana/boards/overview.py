"""The overview: are people served, and if not, which service is it?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import RED, YELLOW, Panel, Query, graph, number
from deploy.grafana.queries import Job, or_none, or_zero, quantile, rate, share, sum_of, total
from deploy.prometheus.names import NO_PROBE

ALL = Job("atelier-.*")
GATEWAY = Job("atelier-gateway")
GENERATOR = Job("atelier-generator")
CALLS = ALL.series("atelier_grpc_server_requests_total", NO_PROBE)
REQUESTS = GATEWAY.series("atelier_gateway_requests_total")
FAILED = GATEWAY.series("atelier_gateway_requests_total", 'status=~"5.."')
BUCKETS = GATEWAY.series("atelier_gateway_request_duration_seconds_bucket", 'route!="/v1/clouds"')
AVATARS = GENERATOR.series("atelier_generator_avatars_created_total")
OUTSIDE = GENERATOR.series("atelier_generator_avatars_created_total", 'within_iso20685="no"')
FIRING = 'ALERTS{alertstate="firing"}'
NAMES = "{{severity}} {{alertname}}"
LEFT = (
    "1 - (avg_over_time(slo:atelier_failures:rate5m[30d])"
    " / (avg_over_time(slo:atelier_events:rate5m[30d]) > 0)) / on(slo) slo:atelier_budget:ratio"
)


def _alerts(severity: str, title: str, help: str, colour: str) -> Panel:
    firing = or_zero(f'count(ALERTS{{alertstate="firing", severity="{severity}"}})')
    return number(title, help, Query(firing, "alerts"), warn=[(1, colour)], decimals=0)


def _made(title: str, help: str, job: str, metric: str, *matchers: str) -> Panel:
    return number(title, help, Query(total(Job(job).series(metric, *matchers)), "count"), decimals=0)


AT_A_GLANCE = Row(
    "At a glance",
    [
        _alerts("page", "Pages", "Somebody is woken by these. Each has a runbook.", RED),
        _alerts("ticket", "Tickets", "These wait for the next working day. Each has a runbook.", YELLOW),
        number(
            "Failed requests",
            "Share of answers of 500 and above, all routes together.",
            Query(share(FAILED, REQUESTS), "failed"),
            unit=units.PercentUnit,
            warn=[(0.001, YELLOW), (0.01, RED)],
        ),
        number(
            "99 of 100 are faster",
            "From a request's arrival to its last byte, all routes but scans together: those take as long as they are large.",
            Query(quantile(0.99, BUCKETS), "duration", exemplars=True),
            unit=units.Seconds,
            warn=[(2.5, YELLOW), (5, RED)],
        ),
        number(
            "Avatars made",
            "Stored within the time on the screen.",
            Query(total(AVATARS), "avatars"),
            decimals=0,
        ),
        number(
            "Outside ISO 20685",
            "Share of avatars of which a measurement misses the limit of the standard.",
            Query(share(OUTSIDE, AVATARS), "share"),
            unit=units.PercentUnit,
            warn=[(0.01, YELLOW), (0.05, RED)],
        ),
    ],
)
PROMISES = Row(
    "Promises, over all namespaces and instances",
    [
        graph(
            "Budget of errors that is left",
            "Of the failures that docs/slo.md allows in 30 days. Below 0 the promise is broken: no release but one "
            "that mends it.",
            Query(LEFT, "{{slo}}"),
            unit=units.PercentUnit,
            least=None,
            most=1,
            warn=[(0, YELLOW)],
            alert="ErrorBudgetBurnsSlowly",
        ),
        graph(
            "Speed at which it burns",
            "1 uses the budget up in exactly 30 days, 14.4 in two. Above 14.4 for five minutes and an hour somebody is "
            "woken: which promise is it, and which service below?",
            Query("slo:atelier_failures:ratio_rate1h / on(slo) slo:atelier_budget:ratio", "{{slo}}"),
            unit="times",
            warn=[(1, YELLOW), (14.4, RED)],
            alert="ErrorBudgetBurnsFast",
        ),
        graph(
            "What fires",
            "Alerts by name. Each has a page in docs/runbooks, which its notification links.",
            Query(
                or_none(f"count by (severity, alertname) ({FIRING})", severity="nothing", alertname="fires"),
                NAMES,
            ),
        ),
    ],
)
TRAFFIC = Row(
    "Traffic",
    [
        graph(
            "Requests by status",
            "What people ask of the gateway, and how it is answered.",
            Query(rate(REQUESTS, "status"), "{{status}}"),
            unit=units.RequestsPerSecond,
            width=12,
            stacked=True,
        ),
        graph(
            "Duration",
            "From a request's arrival to its last byte, without scans. Points are single requests; each leads to its trace.",
            Query(quantile(0.5, BUCKETS), "half are faster"),
            Query(quantile(0.95, BUCKETS), "95 of 100 are faster"),
            Query(quantile(0.99, BUCKETS), "99 of 100 are faster", exemplars=True),
            unit=units.Seconds,
            width=12,
        ),
    ],
)
PARTS = Row(
    "Parts, and whether they find each other",
    [
        graph(
            "Processes that answer Prometheus",
            "Fewer than before: a pod was lost, or it does not start. `kubectl get pods`, then its log.",
            Query(sum_of(ALL.series("up"), "job"), "{{job}}"),
            alert="ServiceDown",
        ),
        graph(
            "Dependencies that answer",
            "1 while every replica of the service is answered by what it stands on, less while some are not.",
            Query(
                f"avg by (job, dependency) ({ALL.series('atelier_dependency_up')})",
                "{{job}} on {{dependency}}",
            ),
            unit=units.PercentUnit,
            most=1,
            alert="DependencyDown",
        ),
        graph(
            "Repeated attempts",
            "Share of calls that are not their caller's first attempt. They add load to whatever is wrong.",
            Query(share(ALL.series("atelier_grpc_server_repeated_attempts_total"), CALLS, "job"), "{{job}}"),
            unit=units.PercentUnit,
            warn=[(0.2, RED)],
            alert="RetryStorm",
        ),
        graph(
            "Versions that run",
            "Two versions of one service are a roll-out. One that stays at two does not end: look at its pods.",
            Query(
                f"count by (service, version) ({ALL.series('atelier_build_info')})", "{{service}} {{version}}"
            ),
        ),
        graph(
            "Certificates: time that is left",
            "They are renewed by themselves, long before. A line that reaches the ground stops the service's calls: "
            "look at cert-manager.",
            Query(
                f"min by (job, certificate) "
                f"({ALL.series('atelier_tls_certificate_expiry_timestamp_seconds')} - time())",
                "{{job}} {{certificate}}",
            ),
            unit=units.Seconds,
            warn=[(43_200, YELLOW)],
            alert="CertificateExpires",
        ),
        graph(
            "Calls of strangers, refused",
            "Their certificate names no service that may call. Somebody who should not is in the network, or an "
            "arrow is missing in deploy/local/topology.py.",
            Query(
                or_none(rate(ALL.series("atelier_grpc_server_peers_refused_total"), "job"), job="none"),
                "{{job}}",
            ),
            unit=units.RequestsPerSecond,
            warn=[(0.01, RED)],
        ),
    ],
)
BUSINESS = Row(
    "What people get, within the time on the screen",
    [
        _made("Accounts", "New ones.", "atelier-auth", "atelier_auth_sign_ups_total", 'outcome="ok"'),
        _made("Log-ins", "That succeeded.", "atelier-auth", "atelier_auth_log_ins_total", 'outcome="ok"'),
        _made("Scans", "Stored.", "atelier-generator", "atelier_generator_scans_created_total"),
        _made("Size advice", "Given.", "atelier-tryon", "atelier_tryon_size_advice_total", 'outcome="ok"'),
        _made("Refusals", "Of every reason.", "atelier-gateway", "atelier_gateway_refusals_total"),
        _made(
            "Bodies that cannot be",
            "Of which a measurement could not be delivered as asked.",
            "atelier-mesher",
            "atelier_mesher_infeasible_bodies_total",
        ),
    ],
)
BOARD = Board(
    uid="atelier-overview",
    title="Atelier / Overview",
    question="Are people served, and if not, which service is it?",
    jobs=ALL,
    rows=[
        AT_A_GLANCE,
        PROMISES,
        TRAFFIC,
        BUSINESS,
        shared.calls(ALL, "job", "{{job}}"),
        PARTS,
        shared.resources(ALL, "{{job}} {{instance}}"),
    ],
)
