"""The overview: are people served, and if not, which service is it?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import RED, YELLOW, Panel, Query, graph, number
from deploy.grafana.queries import Job, or_zero, quantile, rate, share, sum_of, total

ALL = Job("atelier-.*")
GATEWAY = Job("atelier-gateway")
GENERATOR = Job("atelier-generator")
REQUESTS = GATEWAY.series("atelier_gateway_requests_total")
FAILED = GATEWAY.series("atelier_gateway_requests_total", 'status=~"5.."')
BUCKETS = GATEWAY.series("atelier_gateway_request_duration_seconds_bucket")
AVATARS = GENERATOR.series("atelier_generator_avatars_created_total")
OUTSIDE = GENERATOR.series("atelier_generator_avatars_created_total", 'within_iso20685="no"')
LEFT = (
    "1 - (avg_over_time(slo:atelier_failures:rate5m[30d])"
    " / (avg_over_time(slo:atelier_events:rate5m[30d]) > 0)) / on(slo) slo:atelier_budget:ratio"
)


def _alerts(severity: str, title: str, help: str, colour: str) -> Panel:
    firing = f'ALERTS{{alertstate="firing", severity="{severity}"}}'
    return number(title, help, Query(or_zero(f"count({firing})"), "alerts"), warn=[(1, colour)], decimals=0)


def _made(title: str, help: str, job: str, metric: str, *matchers: str) -> Panel:
    return number(title, help, Query(total(Job(job).series(metric, *matchers)), "count"), decimals=0)


AT_A_GLANCE = Row(
    "At a glance",
    [
        _alerts("page", "Pages", "Somebody is woken by these. Each has a runbook.", RED),
        _alerts("ticket", "Tickets", "These wait for the next working day. Each has a runbook.", YELLOW),
        number(
            "Failed share",
            "Answers of 500 and above, of all routes.",
            Query(share(FAILED, REQUESTS), "failed"),
            unit=units.PercentUnit,
            warn=[(0.001, YELLOW), (0.01, RED)],
        ),
        number(
            "99 of 100 are faster",
            "From a request's arrival to its last byte, all routes together.",
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
            width=12,
            least=None,
            most=1,
            warn=[(0, RED)],
            alert="ErrorBudgetBurnsSlowly",
        ),
        graph(
            "Speed at which it burns",
            "1 uses the budget up in exactly 30 days, 14.4 in two. Above 14.4 for five minutes and an hour somebody is "
            "woken: which promise is it, and which service below?",
            Query("slo:atelier_failures:ratio_rate1h / on(slo) slo:atelier_budget:ratio", "{{slo}}"),
            unit="times",
            width=12,
            warn=[(1, YELLOW), (14.4, RED)],
            alert="ErrorBudgetBurnsFast",
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
            stacked=True,
        ),
        graph(
            "Duration",
            "From a request's arrival to its last byte. Points are single requests; each leads to its trace.",
            Query(quantile(0.5, BUCKETS), "half are faster"),
            Query(quantile(0.95, BUCKETS), "95 of 100 are faster"),
            Query(quantile(0.99, BUCKETS), "99 of 100 are faster", exemplars=True),
            unit=units.Seconds,
        ),
        graph(
            "Processes that answer Prometheus",
            "Fewer than before: a pod was lost, or it does not start. `kubectl get pods`, then its log.",
            Query(sum_of(ALL.series("up"), "job"), "{{job}}"),
            alert="ServiceDown",
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
        shared.calls(ALL, "job", "{{job}}"),
        BUSINESS,
        shared.resources(ALL, "{{job}} {{instance}}"),
    ],
)
