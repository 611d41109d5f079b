"""Series as promtool writes them, from which the scenes are put together.

``growing(3)`` is a counter that grows by 3 each quarter of a minute; ``steady(3)`` stays 3.
"""

from __future__ import annotations

from collections.abc import Mapping

from deploy.prometheus.names import JOBS

STEPS = 160


def steady(value: float) -> str:
    return f"{value:g}x{STEPS}"


def growing(step: float) -> str:
    return f"0+{step:g}x{STEPS}"


def then(first: float, steps: int, second: float) -> str:
    """One value for some steps, another one from then on."""
    return f"{first:g}x{steps} {second:g}x{STEPS}"


CALL = 'job="atelier-mesher", service="atelier.mesher.v1.MesherService", method="BuildAvatar"'
PEER = 'job="atelier-gateway", service="atelier.auth.v1.AuthService", method="LogIn"'
NET = 'model="body_generator", backend="triton"'
POOL = 'job="atelier-auth", instance="a", schema="auth"'
LANE = 'job="atelier-auth-worker", schema="auth", lane="normal"'
CARD = 'gpu="0", Hostname="n"'
POD = 'namespace="atelier", pod="atelier-auth-1", container="auth"'


def all_up(**over: str) -> dict[str, str]:
    return {
        f'up{{job="{job}", instance="a"}}': over.get(job.removeprefix("atelier-"), steady(1)) for job in JOBS
    }


def calls(good: float, bad: float, code: str = "INTERNAL") -> dict[str, str]:
    metric = "atelier_grpc_server_requests_total"
    return {
        f'{metric}{{{CALL}, code="OK"}}': growing(good),
        f'{metric}{{{CALL}, code="{code}"}}': growing(bad),
    }


def made(good: float, bad: float, code: str, service: str = "") -> dict[str, str]:
    metric, who = "atelier_grpc_client_requests_total", PEER
    if service:
        who = who.replace("atelier.auth.v1.AuthService", service)
    return {f'{metric}{{{who}, code="OK"}}': growing(good), f'{metric}{{{who}, code="{code}"}}': growing(bad)}


def histogram(metric: str, labels: str, buckets: Mapping[str, float]) -> dict[str, str]:
    """Buckets by their upper bounds, which grow by so much each step."""
    return {f'{metric}_bucket{{{labels}, le="{bound}"}}': growing(step) for bound, step in buckets.items()}


def refused(reason: str, step: float) -> dict[str, str]:
    return {
        f'atelier_gateway_refusals_total{{job="atelier-gateway", reason="{reason}"}}': growing(step),
        'atelier_gateway_requests_total{job="atelier-gateway", route="/v1/me", status="401"}': growing(10),
    }


def blobs(good: float, bad: float, outcome: str) -> dict[str, str]:
    metric = 'atelier_blobs_operation_duration_seconds_count{job="atelier-mesher", operation="put"'
    return {f'{metric}, outcome="ok"}}': growing(good), f'{metric}, outcome="{outcome}"}}': growing(bad)}


def inferences(good: float, bad: float) -> dict[str, str]:
    metric = f"atelier_inference_requests_total{{{NET}"
    return {f'{metric}, outcome="ok"}}': growing(good), f'{metric}, outcome="unavailable"}}': growing(bad)}


def sql_errors(kind: str, step: float) -> dict[str, str]:
    return {f'atelier_sql_errors_total{{{POOL}, kind="{kind}"}}': growing(step)}


def pool(in_use: float) -> dict[str, str]:
    return {
        f'atelier_sql_pool_connections{{{POOL}, state="in_use"}}': steady(in_use),
        f"atelier_sql_pool_limit_connections{{{POOL}}}": steady(10),
    }


def one(series: str, values: str) -> dict[str, str]:
    return {series: values}


STARTED = 'process_start_time_seconds{job="atelier-auth", instance="a"}'


def archiver(*, failed: float, archived: float) -> dict[str, str]:
    """When PostgreSQL last failed to archive a segment, and when it last archived one."""
    pod = '{namespace="atelier", pod="atelier-postgres-1"}'
    return one(f"cnpg_pg_stat_archiver_last_failed_time{pod}", steady(failed)) | one(
        f"cnpg_pg_stat_archiver_last_archived_time{pod}", steady(archived)
    )
