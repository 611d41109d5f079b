"""For every alert: series under which it must fire, and the nearest ones under which it must not."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.prometheus.names import JOBS
from tests.unit.deploy.prometheus.cluster_scenes import CLUSTER
from tests.unit.deploy.prometheus.promtool import Scene
from tests.unit.deploy.prometheus.series import (
    CALL,
    CARD,
    NET,
    POOL,
    STARTED,
    STEPS,
    all_up,
    archiver,
    blobs,
    calls,
    growing,
    histogram,
    inferences,
    made,
    one,
    pool,
    refused,
    sql_errors,
    steady,
    then,
)
from tests.unit.deploy.prometheus.work_scenes import WORK

NOT_READY = (
    'atelier_gateway_requests_total{job="atelier-gateway", instance="a", route="/readyz", status="503"}'
)

# Alert: (series under which it fires, series under which it must not), asked after 20 minutes.
PAIRS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    # Nothing at all is heard of it: it was there, and now there is no target. While Prometheus starts, nothing was there.
    "ServiceDown": (all_up(auth=f"1x40 _x{STEPS}"), all_up(auth=f"_x{STEPS}", mesher=then(1, 78, 0))),
    "ReplicaDown": (
        all_up() | one('up{job="atelier-auth", instance="b"}', steady(0)),
        all_up(auth=steady(0)) | one('up{job="atelier-auth", instance="b"}', steady(0)),
    ),
    "ServiceRestarted": (one(STARTED, then(100, 60, 200)), one(STARTED, steady(100))),
    "ServiceCrashLoops": (
        one(STARTED, "1x50 2x6 3x6 4x6 5x40"),
        one(STARTED, "1x50 2x6 3x100"),
    ),
    # The second one drained for half a minute and went, as it was to.
    "GatewayNotReady": (
        one(NOT_READY, growing(3)) | one('up{job="atelier-gateway", instance="a"}', steady(1)),
        one(NOT_READY, "_x74 1 4 7 stale") | one('up{job="atelier-gateway", instance="a"}', "1x76 stale"),
    ),
    "DependencyDown": (
        one('atelier_dependency_up{job="atelier-auth", instance="a", dependency="database"}', then(1, 60, 0)),
        one(
            'atelier_dependency_up{job="atelier-auth", instance="a", dependency="database"}', "1x60 0x2 1x100"
        ),
    ),
    # Refusals of bad requests are nobody's fault here, however many there are.
    "ServiceFails": (calls(90, 10), calls(10, 90, "INVALID_ARGUMENT")),
    "PeerUnreachable": (
        made(90, 10, "UNAVAILABLE"),
        made(90, 2, "DEADLINE_EXCEEDED") | made(1, 9, "UNAVAILABLE", service="grpc.health.v1.Health"),
    ),
    "RequestsHang": (
        one('atelier_gateway_overdue{job="atelier-gateway", instance="a"}', steady(3)),
        one('atelier_gateway_overdue{job="atelier-gateway", instance="a"}', "0x70 1x2 0x100"),
    ),
    "RetryStorm": (
        calls(100, 0) | one(f"atelier_grpc_server_repeated_attempts_total{{{CALL}}}", growing(40)),
        calls(100, 0) | one(f"atelier_grpc_server_repeated_attempts_total{{{CALL}}}", growing(10)),
    ),
    "RefusalsSpike": (refused("invalid_credentials", 5), refused("invalid_credentials", 2)),
    "WorkTurnedAway": (
        one(
            'atelier_admission_refusals_total{job="atelier-mesher", queue="bodies", reason="slow"}',
            growing(3),
        ),
        one(
            'atelier_admission_refusals_total{job="atelier-mesher", queue="bodies", reason="slow"}',
            "0x70 5x100",
        ),
    ),
    "QueueStands": (
        histogram(
            "atelier_admission_wait_duration_seconds",
            'job="atelier-mesher", queue="bodies"',
            {"0.5": 80, "1.0": 100, "+Inf": 100},
        ),
        histogram(
            "atelier_admission_wait_duration_seconds",
            'job="atelier-mesher", queue="bodies"',
            {"0.5": 98, "1.0": 100, "+Inf": 100},
        )
        | histogram(
            "atelier_admission_wait_duration_seconds",
            'job="atelier-mesher", queue="films"',
            {"0.5": 0, "1.0": 100, "+Inf": 100},
        ),
    ),
    "EventLoopBlocked": (
        histogram(
            "atelier_runtime_loop_lag_seconds", 'job="atelier-auth"', {"0.25": 50, "0.5": 60, "+Inf": 60}
        ),
        histogram(
            "atelier_runtime_loop_lag_seconds", 'job="atelier-auth"', {"0.01": 60, "0.5": 60, "+Inf": 60}
        ),
    ),
    "FilesRunOut": (
        one('process_open_fds{job="atelier-auth", instance="a"}', steady(900))
        | one('process_max_fds{job="atelier-auth", instance="a"}', steady(1024)),
        one('process_open_fds{job="atelier-auth", instance="a"}', steady(700))
        | one('process_max_fds{job="atelier-auth", instance="a"}', steady(1024)),
    ),
    # promtool's clock begins at 0: twenty minutes are 1200 s.
    # A request that met a store on its way elsewhere is no alert.
    "LimitsCountedApart": (
        one('atelier_gateway_limit_store_failures_total{job="atelier-gateway", instance="a"}', growing(1)),
        one(
            'atelier_gateway_limit_store_failures_total{job="atelier-gateway", instance="a"}', then(0, 70, 9)
        ),
    ),
    "AuditTrailBehind": (
        one('atelier_gateway_audit_waiting{job="atelier-gateway", instance="a"}', then(0, 40, 60_000)),
        one('atelier_gateway_audit_waiting{job="atelier-gateway", instance="a"}', then(0, 40, 40_000))
        | one('atelier_gateway_audit_lost_total{job="atelier-gateway", instance="a"}', steady(7)),
    ),
    "CertificateExpires": (
        one(
            'atelier_tls_certificate_expiry_timestamp_seconds{job="atelier-auth", instance="a", certificate="own"}',
            steady(40_000),
        ),
        one(
            'atelier_tls_certificate_expiry_timestamp_seconds{job="atelier-auth", instance="a", certificate="own"}',
            steady(50_000),
        ),
    ),
    **WORK,
    **CLUSTER,
    "DatabaseDown": (one('pg_up{job="postgres"}', then(1, 40, 0)), one('pg_up{job="postgres"}', steady(1))),
    # Time begins at 0 here: a backup of two days before, and one of then.
    "BackupTooOld": (
        one(
            'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="atelier"}',
            steady(-172800),
        ),
        one('barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="atelier"}', steady(0)),
    ),
    # One segment failed long ago, and later ones were archived.
    "WalNotArchived": (archiver(failed=900, archived=600), archiver(failed=600, archived=900)),
    "StandbyLags": (
        one('cnpg_pg_replication_lag{namespace="atelier", pod="atelier-postgres-2"}', steady(90)),
        one('cnpg_pg_replication_lag{namespace="atelier", pod="atelier-postgres-2"}', then(90, 50, 0)),
    ),
    # A dead connection that was replaced before use is no fault, and a broken constraint is the caller's.
    "DatabaseUnreachable": (
        sql_errors("unreachable", 2),
        sql_errors("stale", 2) | sql_errors("constraint", 9),
    ),
    # Two a minute: idle connections that a firewall forgets now and then, or restarts.
    "DatabaseConnectionsBreak": (sql_errors("stale", 2), sql_errors("stale", 0.5)),
    "DatabasePoolExhausted": (sql_errors("pool_timeout", 2), pool(10)),
    "DatabasePoolNearlyExhausted": (pool(10), pool(8)),
    "DatabaseSlow": (
        histogram(
            "atelier_sql_statement_duration_seconds",
            f'{POOL}, operation="select"',
            {"0.25": 80, "0.5": 100, "+Inf": 100},
        ),
        histogram(
            "atelier_sql_statement_duration_seconds",
            f'{POOL}, operation="select"',
            {"0.25": 98, "0.5": 100, "+Inf": 100},
        ),
    ),
    "DatabaseStatementsStopped": (sql_errors("statement_timeout", 1), sql_errors("constraint", 9)),
    "DatabaseConnectionsRunOut": (
        one('pg_stat_activity_count{job="postgres", instance="p", state="idle"}', steady(60))
        | one('pg_stat_activity_count{job="postgres", instance="p", state="active"}', steady(30))
        | one('pg_settings_max_connections{job="postgres", instance="p"}', steady(100)),
        one('pg_stat_activity_count{job="postgres", instance="p", state="idle"}', steady(60))
        | one('pg_settings_max_connections{job="postgres", instance="p"}', steady(100)),
    ),
    "ObjectStoreFails": (blobs(90, 10, "unavailable"), blobs(10, 90, "missing")),
    "ObjectStoreSlow": (
        histogram(
            "atelier_blobs_operation_duration_seconds",
            'job="atelier-mesher", operation="put"',
            {"1.0": 90, "2.5": 100, "+Inf": 100},
        ),
        histogram(
            "atelier_blobs_operation_duration_seconds",
            'job="atelier-mesher", operation="put"',
            {"1.0": 99, "2.5": 100, "+Inf": 100},
        ),
    ),
    "StoredFileDamaged": (blobs(100, 1, "corrupt"), blobs(100, 0, "corrupt")),
    "InferenceFails": (inferences(90, 10), inferences(98, 2)),
    "InferenceSlow": (
        histogram("atelier_inference_duration_seconds", NET, {"0.25": 50, "0.5": 100, "+Inf": 100}),
        histogram("atelier_inference_duration_seconds", NET, {"0.25": 99, "0.5": 100, "+Inf": 100}),
    ),
    "InferenceQueueGrows": (
        one(f"atelier_inference_in_flight{{{NET}}}", steady(60)),
        one(f"atelier_inference_in_flight{{{NET}}}", steady(16)),
    ),
    # A quarter of an hour after its last replica was taken away, the generator infers by itself.
    "TritonDown": (
        one('up{job="triton", instance="t"}', steady(0)),
        one('up{job="triton", instance="t"}', "1x10 stale"),
    ),
    "TritonModelFails": (
        one('nv_inference_request_failure{job="triton", model="body_generator"}', growing(2)),
        one('nv_inference_request_failure{job="triton", model="body_generator"}', steady(7)),
    ),
    "TritonQueueSlow": (
        one('nv_inference_queue_duration_us{job="triton", model="body_generator"}', growing(2_000_000))
        | one('nv_inference_request_success{job="triton", model="body_generator"}', growing(10)),
        one('nv_inference_queue_duration_us{job="triton", model="body_generator"}', growing(20_000))
        | one('nv_inference_request_success{job="triton", model="body_generator"}', growing(10)),
    ),
    "GpuMemoryFull": (
        one(f"DCGM_FI_DEV_FB_USED{{{CARD}}}", steady(79_000))
        | one(f"DCGM_FI_DEV_FB_FREE{{{CARD}}}", steady(900)),
        one(f"DCGM_FI_DEV_FB_USED{{{CARD}}}", steady(40_000))
        | one(f"DCGM_FI_DEV_FB_FREE{{{CARD}}}", steady(40_000)),
    ),
    "GpuHot": (
        one(f"DCGM_FI_DEV_GPU_TEMP{{{CARD}}}", steady(91)),
        one(f"DCGM_FI_DEV_GPU_TEMP{{{CARD}}}", steady(70)),
    ),
    "GpuFault": (
        one(f"DCGM_FI_DEV_XID_ERRORS{{{CARD}}}", then(0, 60, 79)),
        one(f"DCGM_FI_DEV_XID_ERRORS{{{CARD}}}", steady(0)),
    ),
    "GpuSaturated": (
        one(f"DCGM_FI_DEV_GPU_UTIL{{{CARD}}}", steady(99)),
        one(f"DCGM_FI_DEV_GPU_UTIL{{{CARD}}}", "100x40 30x100"),
    ),
    "ExporterSilent": (
        one('up{job="postgres", instance="e"}', steady(0)),
        one('up{job="atelier-auth", instance="a"}', steady(0))
        | one('up{job="of-others", instance="o"}', steady(0)),
    ),
    "RulesFail": (
        one('prometheus_rule_evaluation_failures_total{rule_group="g"}', growing(1)),
        one('prometheus_rule_evaluation_failures_total{rule_group="g"}', steady(4)),
    ),
    "AlertsNotDelivered": (
        one('prometheus_notifications_errors_total{alertmanager="m"}', growing(1)),
        one('prometheus_notifications_errors_total{alertmanager="m"}', steady(4)),
    ),
}


def gone() -> Scene:
    """Triton's last replica went just now: nothing is left that could say no."""
    return Scene(
        "Triton is gone", one('up{job="triton", instance="t"}', "1x60 stale"), "20m", {"TritonDown": True}
    )


def silent_services() -> list[Scene]:
    """Each service in turn answers Prometheus no more."""
    down = {job: all_up(**{job.removeprefix("atelier-"): then(1, 40, 0)}) for job in JOBS}
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
    avatars = "atelier_generator_avatars_created_total"
    gateway = 'atelier_gateway_requests_total{job="atelier-gateway", method="POST", route='
    timed = 'job="atelier-gateway", method="POST", route="/v1/avatars"'
    series = [
        all_up(),
        one(STARTED, steady(100)),
        calls(100, 0.01),
        calls(100, 5, "INVALID_ARGUMENT"),
        made(1000, 1, "UNAVAILABLE"),
        one(f"atelier_grpc_server_repeated_attempts_total{{{CALL}}}", growing(1)),
        one(f'{gateway}"/v1/avatars", status="201"}}', growing(1000)),
        one(f'{gateway}"/v1/avatars", status="503"}}', growing(1)),
        one(f'{gateway}"/readyz", status="200"}}', growing(3)),
        one('atelier_gateway_refusals_total{job="atelier-gateway", reason="not_found"}', growing(20)),
        histogram("atelier_gateway_request_duration_seconds", timed, {"2.5": 999, "+Inf": 1001}),
        one(f"atelier_gateway_request_duration_seconds_count{{{timed}}}", growing(1001)),
        one(f'{avatars}{{job="atelier-generator", within_iso20685="yes"}}', growing(1000)),
        one(f'{avatars}{{job="atelier-generator", within_iso20685="no"}}', growing(1)),
        one('up{job="triton", instance="t"}', steady(1)),
        *(sound for alert, (_, sound) in PAIRS.items() if alert in _CALM_AS_THEY_ARE),
        pool(3),
        sql_errors("constraint", 2),
        inferences(1000, 1),
        blobs(1000, 1, "missing"),
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
    "BackupTooOld",
    "WalNotArchived",
    "DatabaseSlow",
    "ObjectStoreSlow",
    "InferenceSlow",
    "InferenceQueueGrows",
    "TritonQueueSlow",
    "GpuHot",
    "ReplicasMissing",
    "VolumeFills",
)
"""Alerts whose silent scene shows what is usual, not something odd."""
