"""For every alert: series under which it must fire, and the nearest ones under which it must not.

``growing(3)`` is a counter that grows by 3 each quarter of a minute; ``steady(3)`` stays 3.
"""

from __future__ import annotations

from collections.abc import Mapping

from deploy.prometheus.names import JOBS
from tests.unit.deploy.prometheus.promtool import Scene

_STEPS = 160


def steady(value: float) -> str:
    return f"{value:g}x{_STEPS}"


def growing(step: float) -> str:
    return f"0+{step:g}x{_STEPS}"


def then(first: float, steps: int, second: float) -> str:
    """One value for some steps, another one from then on."""
    return f"{first:g}x{steps} {second:g}x{_STEPS}"


_CALL = 'job="atelier-mesher", service="atelier.mesher.v1.MesherService", method="BuildAvatar"'
_PEER = 'job="atelier-gateway", service="atelier.auth.v1.AuthService", method="LogIn"'
_NET = 'model="body_generator", backend="triton"'
_POOL = 'job="atelier-auth", instance="a", schema="auth"'
_CARD = 'gpu="0", Hostname="n"'
_POD = 'namespace="atelier", pod="atelier-auth-1", container="auth"'


def _all_up(**over: str) -> dict[str, str]:
    return {
        f'up{{job="{job}", instance="a"}}': over.get(job.removeprefix("atelier-"), steady(1)) for job in JOBS
    }


def _calls(good: float, bad: float, code: str = "INTERNAL") -> dict[str, str]:
    metric = "atelier_grpc_server_requests_total"
    return {
        f'{metric}{{{_CALL}, code="OK"}}': growing(good),
        f'{metric}{{{_CALL}, code="{code}"}}': growing(bad),
    }


def _made(good: float, bad: float, code: str, service: str = "") -> dict[str, str]:
    metric, who = "atelier_grpc_client_requests_total", _PEER
    if service:
        who = who.replace("atelier.auth.v1.AuthService", service)
    return {f'{metric}{{{who}, code="OK"}}': growing(good), f'{metric}{{{who}, code="{code}"}}': growing(bad)}


def _histogram(metric: str, labels: str, buckets: Mapping[str, float]) -> dict[str, str]:
    """Buckets by their upper bounds, which grow by so much each step."""
    return {f'{metric}_bucket{{{labels}, le="{bound}"}}': growing(step) for bound, step in buckets.items()}


def _refused(reason: str, step: float) -> dict[str, str]:
    return {
        f'atelier_gateway_refusals_total{{job="atelier-gateway", reason="{reason}"}}': growing(step),
        'atelier_gateway_requests_total{job="atelier-gateway", route="/v1/me", status="401"}': growing(10),
    }


def _blobs(good: float, bad: float, outcome: str) -> dict[str, str]:
    metric = 'atelier_blobs_operation_duration_seconds_count{job="atelier-mesher", operation="put"'
    return {f'{metric}, outcome="ok"}}': growing(good), f'{metric}, outcome="{outcome}"}}': growing(bad)}


def _inferences(good: float, bad: float) -> dict[str, str]:
    metric = f"atelier_inference_requests_total{{{_NET}"
    return {f'{metric}, outcome="ok"}}': growing(good), f'{metric}, outcome="unavailable"}}': growing(bad)}


def _sql_errors(kind: str, step: float) -> dict[str, str]:
    return {f'atelier_sql_errors_total{{{_POOL}, kind="{kind}"}}': growing(step)}


def _pool(in_use: float) -> dict[str, str]:
    return {
        f'atelier_sql_pool_connections{{{_POOL}, state="in_use"}}': steady(in_use),
        f"atelier_sql_pool_limit_connections{{{_POOL}}}": steady(10),
    }


def _one(series: str, values: str) -> dict[str, str]:
    return {series: values}


_STARTED = 'process_start_time_seconds{job="atelier-auth", instance="a"}'

# Alert: (series under which it fires, series under which it must not), asked after 20 minutes.
PAIRS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    # Nothing at all is heard of it: it was there, and now there is no target. While Prometheus starts, nothing was there.
    "ServiceDown": (_all_up(auth=f"1x40 _x{_STEPS}"), _all_up(auth=f"_x{_STEPS}", mesher=then(1, 78, 0))),
    "ReplicaDown": (
        _all_up() | _one('up{job="atelier-auth", instance="b"}', steady(0)),
        _all_up(auth=steady(0)) | _one('up{job="atelier-auth", instance="b"}', steady(0)),
    ),
    "ServiceRestarted": (_one(_STARTED, then(100, 60, 200)), _one(_STARTED, steady(100))),
    "ServiceCrashLoops": (
        _one(_STARTED, "1x50 2x6 3x6 4x6 5x40"),
        _one(_STARTED, "1x50 2x6 3x100"),
    ),
    "GatewayNotReady": (
        _one(
            'atelier_gateway_requests_total{job="atelier-gateway", route="/readyz", status="503"}', growing(3)
        ),
        _one(
            'atelier_gateway_requests_total{job="atelier-gateway", route="/readyz", status="200"}', growing(3)
        ),
    ),
    "DependencyDown": (
        _one(
            'atelier_dependency_up{job="atelier-auth", instance="a", dependency="database"}', then(1, 60, 0)
        ),
        _one(
            'atelier_dependency_up{job="atelier-auth", instance="a", dependency="database"}', "1x60 0x2 1x100"
        ),
    ),
    # Refusals of bad requests are nobody's fault here, however many there are.
    "ServiceFails": (_calls(90, 10), _calls(10, 90, "INVALID_ARGUMENT")),
    "PeerUnreachable": (
        _made(90, 10, "UNAVAILABLE"),
        _made(90, 2, "DEADLINE_EXCEEDED") | _made(1, 9, "UNAVAILABLE", service="grpc.health.v1.Health"),
    ),
    "RequestsHang": (
        _one('atelier_gateway_overdue{job="atelier-gateway", instance="a"}', steady(3)),
        _one('atelier_gateway_overdue{job="atelier-gateway", instance="a"}', "0x70 1x2 0x100"),
    ),
    "RetryStorm": (
        _calls(100, 0) | _one(f"atelier_grpc_server_repeated_attempts_total{{{_CALL}}}", growing(40)),
        _calls(100, 0) | _one(f"atelier_grpc_server_repeated_attempts_total{{{_CALL}}}", growing(10)),
    ),
    "RefusalsSpike": (_refused("invalid_credentials", 5), _refused("invalid_credentials", 2)),
    "WorkTurnedAway": (
        _one(
            'atelier_admission_refusals_total{job="atelier-mesher", queue="bodies", reason="slow"}',
            growing(3),
        ),
        _one(
            'atelier_admission_refusals_total{job="atelier-mesher", queue="bodies", reason="slow"}',
            "0x70 5x100",
        ),
    ),
    "QueueStands": (
        _histogram(
            "atelier_admission_wait_duration_seconds",
            'job="atelier-mesher", queue="bodies"',
            {"0.5": 80, "1.0": 100, "+Inf": 100},
        ),
        _histogram(
            "atelier_admission_wait_duration_seconds",
            'job="atelier-mesher", queue="bodies"',
            {"0.5": 98, "1.0": 100, "+Inf": 100},
        ),
    ),
    "EventLoopBlocked": (
        _histogram(
            "atelier_runtime_loop_lag_seconds", 'job="atelier-auth"', {"0.25": 50, "0.5": 60, "+Inf": 60}
        ),
        _histogram(
            "atelier_runtime_loop_lag_seconds", 'job="atelier-auth"', {"0.01": 60, "0.5": 60, "+Inf": 60}
        ),
    ),
    "FilesRunOut": (
        _one('process_open_fds{job="atelier-auth", instance="a"}', steady(900))
        | _one('process_max_fds{job="atelier-auth", instance="a"}', steady(1024)),
        _one('process_open_fds{job="atelier-auth", instance="a"}', steady(700))
        | _one('process_max_fds{job="atelier-auth", instance="a"}', steady(1024)),
    ),
    # promtool's clock begins at 0: twenty minutes are 1200 s.
    "CertificateExpires": (
        _one(
            'atelier_tls_certificate_expiry_timestamp_seconds{job="atelier-auth", instance="a", certificate="own"}',
            steady(40_000),
        ),
        _one(
            'atelier_tls_certificate_expiry_timestamp_seconds{job="atelier-auth", instance="a", certificate="own"}',
            steady(50_000),
        ),
    ),
    "DatabaseDown": (_one('pg_up{job="postgres"}', then(1, 40, 0)), _one('pg_up{job="postgres"}', steady(1))),
    # A dead connection that was replaced before use is no fault, and a broken constraint is the caller's.
    "DatabaseUnreachable": (
        _sql_errors("unreachable", 2),
        _sql_errors("stale", 2) | _sql_errors("constraint", 9),
    ),
    "DatabasePoolExhausted": (_sql_errors("pool_timeout", 2), _pool(10)),
    "DatabasePoolNearlyExhausted": (_pool(10), _pool(8)),
    "DatabaseSlow": (
        _histogram(
            "atelier_sql_statement_duration_seconds",
            f'{_POOL}, operation="select"',
            {"0.25": 80, "0.5": 100, "+Inf": 100},
        ),
        _histogram(
            "atelier_sql_statement_duration_seconds",
            f'{_POOL}, operation="select"',
            {"0.25": 98, "0.5": 100, "+Inf": 100},
        ),
    ),
    "DatabaseStatementsStopped": (_sql_errors("statement_timeout", 1), _sql_errors("constraint", 9)),
    "DatabaseConnectionsRunOut": (
        _one('pg_stat_activity_count{instance="p", state="idle"}', steady(60))
        | _one('pg_stat_activity_count{instance="p", state="active"}', steady(30))
        | _one('pg_settings_max_connections{instance="p"}', steady(100)),
        _one('pg_stat_activity_count{instance="p", state="idle"}', steady(60))
        | _one('pg_settings_max_connections{instance="p"}', steady(100)),
    ),
    "ObjectStoreFails": (_blobs(90, 10, "unavailable"), _blobs(10, 90, "missing")),
    "ObjectStoreSlow": (
        _histogram(
            "atelier_blobs_operation_duration_seconds",
            'job="atelier-mesher", operation="put"',
            {"1.0": 90, "2.5": 100, "+Inf": 100},
        ),
        _histogram(
            "atelier_blobs_operation_duration_seconds",
            'job="atelier-mesher", operation="put"',
            {"1.0": 99, "2.5": 100, "+Inf": 100},
        ),
    ),
    "StoredFileDamaged": (_blobs(100, 1, "corrupt"), _blobs(100, 0, "corrupt")),
    "InferenceFails": (_inferences(90, 10), _inferences(98, 2)),
    "InferenceSlow": (
        _histogram("atelier_inference_duration_seconds", _NET, {"0.25": 50, "0.5": 100, "+Inf": 100}),
        _histogram("atelier_inference_duration_seconds", _NET, {"0.25": 99, "0.5": 100, "+Inf": 100}),
    ),
    "InferenceQueueGrows": (
        _one(f"atelier_inference_in_flight{{{_NET}}}", steady(60)),
        _one(f"atelier_inference_in_flight{{{_NET}}}", steady(16)),
    ),
    "TritonDown": (
        _one('up{job="triton", instance="t"}', steady(0)),
        _one('up{job="triton", instance="t"}', steady(1)),
    ),
    "TritonModelFails": (
        _one('nv_inference_request_failure{model="body_generator"}', growing(2)),
        _one('nv_inference_request_failure{model="body_generator"}', steady(7)),
    ),
    "TritonQueueSlow": (
        _one('nv_inference_queue_duration_us{model="body_generator"}', growing(2_000_000))
        | _one('nv_inference_request_success{model="body_generator"}', growing(10)),
        _one('nv_inference_queue_duration_us{model="body_generator"}', growing(20_000))
        | _one('nv_inference_request_success{model="body_generator"}', growing(10)),
    ),
    "GpuMemoryFull": (
        _one(f"DCGM_FI_DEV_FB_USED{{{_CARD}}}", steady(79_000))
        | _one(f"DCGM_FI_DEV_FB_FREE{{{_CARD}}}", steady(900)),
        _one(f"DCGM_FI_DEV_FB_USED{{{_CARD}}}", steady(40_000))
        | _one(f"DCGM_FI_DEV_FB_FREE{{{_CARD}}}", steady(40_000)),
    ),
    "GpuHot": (
        _one(f"DCGM_FI_DEV_GPU_TEMP{{{_CARD}}}", steady(91)),
        _one(f"DCGM_FI_DEV_GPU_TEMP{{{_CARD}}}", steady(70)),
    ),
    "GpuFault": (
        _one(f"DCGM_FI_DEV_XID_ERRORS{{{_CARD}}}", then(0, 60, 79)),
        _one(f"DCGM_FI_DEV_XID_ERRORS{{{_CARD}}}", steady(0)),
    ),
    "GpuSaturated": (
        _one(f"DCGM_FI_DEV_GPU_UTIL{{{_CARD}}}", steady(99)),
        _one(f"DCGM_FI_DEV_GPU_UTIL{{{_CARD}}}", "100x40 30x100"),
    ),
    "PodNotReady": (
        _one('kube_pod_status_ready{namespace="atelier", pod="p", condition="false"}', steady(1)),
        _one('kube_pod_status_ready{namespace="atelier", pod="p", condition="false"}', steady(1))
        | _one('kube_pod_status_phase{namespace="atelier", pod="p", phase="Succeeded"}', steady(1)),
    ),
    "PodCrashLoops": (
        _one(f'kube_pod_container_status_waiting_reason{{{_POD}, reason="CrashLoopBackOff"}}', steady(1)),
        _one(f'kube_pod_container_status_waiting_reason{{{_POD}, reason="ContainerCreating"}}', steady(1)),
    ),
    # The reason of the last end stays for ever: it counts only beside a restart of now.
    "PodOutOfMemory": (
        _one(f'kube_pod_container_status_last_terminated_reason{{{_POD}, reason="OOMKilled"}}', steady(1))
        | _one(f"kube_pod_container_status_restarts_total{{{_POD}}}", then(1, 60, 2)),
        _one(f'kube_pod_container_status_last_terminated_reason{{{_POD}, reason="OOMKilled"}}', steady(1))
        | _one(f"kube_pod_container_status_restarts_total{{{_POD}}}", steady(2)),
    ),
    "MemoryNearLimit": (
        _one(f"container_memory_working_set_bytes{{{_POD}}}", steady(95e6))
        | _one(f'kube_pod_container_resource_limits{{{_POD}, resource="memory"}}', steady(1e8)),
        _one(f"container_memory_working_set_bytes{{{_POD}}}", steady(5e7))
        | _one(f'kube_pod_container_resource_limits{{{_POD}, resource="memory"}}', steady(1e8)),
    ),
    "ReplicasMissing": (
        _one('kube_deployment_spec_replicas{namespace="atelier", deployment="atelier-auth"}', steady(2))
        | _one(
            'kube_deployment_status_replicas_available{namespace="atelier", deployment="atelier-auth"}',
            steady(1),
        ),
        _one('kube_deployment_spec_replicas{namespace="atelier", deployment="atelier-auth"}', steady(2))
        | _one(
            'kube_deployment_status_replicas_available{namespace="atelier", deployment="atelier-auth"}',
            steady(2),
        ),
    ),
    "AutoscalerAtItsEnd": (
        _one(
            'kube_horizontalpodautoscaler_status_current_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(10),
        )
        | _one(
            'kube_horizontalpodautoscaler_spec_max_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(10),
        ),
        _one(
            'kube_horizontalpodautoscaler_status_current_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(4),
        )
        | _one(
            'kube_horizontalpodautoscaler_spec_max_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(10),
        ),
    ),
    "MigrationFailed": (
        _one('kube_job_status_failed{namespace="atelier", job_name="atelier-auth-migrate-pre"}', steady(1)),
        _one('kube_job_status_failed{namespace="atelier", job_name="atelier-backup"}', steady(1)),
    ),
    "VolumeFills": (
        _one(
            'kubelet_volume_stats_available_bytes{namespace="atelier", persistentvolumeclaim="pg"}', steady(5)
        )
        | _one(
            'kubelet_volume_stats_capacity_bytes{namespace="atelier", persistentvolumeclaim="pg"}',
            steady(100),
        ),
        _one(
            'kubelet_volume_stats_available_bytes{namespace="atelier", persistentvolumeclaim="pg"}',
            steady(50),
        )
        | _one(
            'kubelet_volume_stats_capacity_bytes{namespace="atelier", persistentvolumeclaim="pg"}',
            steady(100),
        ),
    ),
    "ExporterSilent": (
        _one('up{job="postgres", instance="e"}', steady(0)),
        _one('up{job="atelier-auth", instance="a"}', steady(0))
        | _one('up{job="triton", instance="t"}', steady(0)),
    ),
    "RulesFail": (
        _one('prometheus_rule_evaluation_failures_total{rule_group="g"}', growing(1)),
        _one('prometheus_rule_evaluation_failures_total{rule_group="g"}', steady(4)),
    ),
    "AlertsNotDelivered": (
        _one('prometheus_notifications_errors_total{alertmanager="m"}', growing(1)),
        _one('prometheus_notifications_errors_total{alertmanager="m"}', steady(4)),
    ),
}


def silent_services() -> list[Scene]:
    """Each service in turn answers Prometheus no more."""
    down = {job: _all_up(**{job.removeprefix("atelier-"): then(1, 40, 0)}) for job in JOBS}
    return [Scene(f"{job} is down", series, "20m", {"ServiceDown": True}) for job, series in down.items()]


def scenes_of(alert: str) -> list[Scene]:
    """The alert twice: it fires, and it does not."""
    broken, sound = PAIRS[alert]
    return [
        Scene(f"{alert} fires", broken, "20m", {alert: True}),
        Scene(f"{alert} is silent", sound, "20m", {alert: False}),
    ]


def calm() -> Scene:
    """A platform that works, with the refusals, retries and failures of a usual day."""
    made = "atelier_generator_avatars_created_total"
    gateway = 'atelier_gateway_requests_total{job="atelier-gateway", method="POST", route='
    timed = 'job="atelier-gateway", method="POST", route="/v1/avatars"'
    series = [
        _all_up(),
        _one(_STARTED, steady(100)),
        _calls(100, 0.01),
        _calls(100, 5, "INVALID_ARGUMENT"),
        _made(1000, 1, "UNAVAILABLE"),
        _one(f"atelier_grpc_server_repeated_attempts_total{{{_CALL}}}", growing(1)),
        _one(f'{gateway}"/v1/avatars", status="201"}}', growing(1000)),
        _one(f'{gateway}"/v1/avatars", status="503"}}', growing(1)),
        _one(f'{gateway}"/readyz", status="200"}}', growing(3)),
        _one('atelier_gateway_refusals_total{job="atelier-gateway", reason="not_found"}', growing(20)),
        _histogram("atelier_gateway_request_duration_seconds", timed, {"2.5": 999, "+Inf": 1001}),
        _one(f"atelier_gateway_request_duration_seconds_count{{{timed}}}", growing(1001)),
        _one(f'{made}{{job="atelier-generator", within_iso20685="yes"}}', growing(1000)),
        _one(f'{made}{{job="atelier-generator", within_iso20685="no"}}', growing(1)),
        *(sound for alert, (_, sound) in PAIRS.items() if alert in _CALM_AS_THEY_ARE),
        _pool(3),
        _sql_errors("constraint", 2),
        _inferences(1000, 1),
        _blobs(1000, 1, "missing"),
    ]
    return Scene(
        "calm", {name: values for part in series for name, values in part.items()}, "30m", {".*": False}
    )


_CALM_AS_THEY_ARE = (
    "RequestsHang",
    "DependencyDown",
    "QueueStands",
    "EventLoopBlocked",
    "FilesRunOut",
    "CertificateExpires",
    "DatabaseDown",
    "DatabaseSlow",
    "ObjectStoreSlow",
    "InferenceSlow",
    "InferenceQueueGrows",
    "TritonDown",
    "TritonQueueSlow",
    "GpuHot",
    "ReplicasMissing",
    "VolumeFills",
)
"""Alerts whose silent scene shows what is usual, not something odd."""
