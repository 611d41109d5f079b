"""The same for what a cluster tells: pods, autoscalers, migrations, certificates, volumes."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.deploy.prometheus.series import POD, one, steady, then

CLUSTER: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "PodNotReady": (
        one('kube_pod_status_ready{namespace="atelier", pod="p", condition="false"}', steady(1)),
        one('kube_pod_status_ready{namespace="atelier", pod="p", condition="false"}', steady(1))
        | one('kube_pod_status_phase{namespace="atelier", pod="p", phase="Succeeded"}', steady(1)),
    ),
    "PodCrashLoops": (
        one(f'kube_pod_container_status_waiting_reason{{{POD}, reason="CrashLoopBackOff"}}', steady(1)),
        one(f'kube_pod_container_status_waiting_reason{{{POD}, reason="ContainerCreating"}}', steady(1)),
    ),
    # The reason of the last end stays for ever: it counts only beside a restart of now.
    "PodOutOfMemory": (
        one(f'kube_pod_container_status_last_terminated_reason{{{POD}, reason="OOMKilled"}}', steady(1))
        | one(f"kube_pod_container_status_restarts_total{{{POD}}}", then(1, 60, 2)),
        one(f'kube_pod_container_status_last_terminated_reason{{{POD}, reason="OOMKilled"}}', steady(1))
        | one(f"kube_pod_container_status_restarts_total{{{POD}}}", steady(2)),
    ),
    "MemoryNearLimit": (
        one(f"container_memory_working_set_bytes{{{POD}}}", steady(95e6))
        | one(f'kube_pod_container_resource_limits{{{POD}, resource="memory"}}', steady(1e8)),
        one(f"container_memory_working_set_bytes{{{POD}}}", steady(5e7))
        | one(f'kube_pod_container_resource_limits{{{POD}, resource="memory"}}', steady(1e8)),
    ),
    "ReplicasMissing": (
        one('kube_deployment_spec_replicas{namespace="atelier", deployment="atelier-auth"}', steady(2))
        | one(
            'kube_deployment_status_replicas_available{namespace="atelier", deployment="atelier-auth"}',
            steady(1),
        ),
        one('kube_deployment_spec_replicas{namespace="atelier", deployment="atelier-auth"}', steady(2))
        | one(
            'kube_deployment_status_replicas_available{namespace="atelier", deployment="atelier-auth"}',
            steady(2),
        ),
    ),
    "AutoscalerAtItsEnd": (
        one(
            'kube_horizontalpodautoscaler_status_current_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(10),
        )
        | one(
            'kube_horizontalpodautoscaler_spec_max_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(10),
        ),
        one(
            'kube_horizontalpodautoscaler_status_current_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(4),
        )
        | one(
            'kube_horizontalpodautoscaler_spec_max_replicas{namespace="atelier", horizontalpodautoscaler="m"}',
            steady(10),
        ),
    ),
    "MigrationFailed": (
        one('kube_job_status_failed{namespace="atelier", job_name="atelier-auth-migrate-pre"}', steady(1)),
        one('kube_job_status_failed{namespace="atelier", job_name="atelier-backup"}', steady(1)),
    ),
    # Scenes begin at the epoch: what has been lies before it. Certificates of others are not ours to tell.
    "CertificateNotRenewed": (
        one('certmanager_certificate_renewal_timestamp_seconds{name="atelier-triton"}', steady(-30_000)),
        one('certmanager_certificate_renewal_timestamp_seconds{name="atelier-triton"}', steady(-15_000))
        | one('certmanager_certificate_renewal_timestamp_seconds{name="grafana"}', steady(-30_000))
        | one('certmanager_certificate_renewal_timestamp_seconds{name="atelier-new"}', steady(0)),
    ),
    "CertificateNotTaken": (
        one('kube_pod_start_time{namespace="atelier", pod="atelier-triton-1"}', steady(-46 * 86_400)),
        one('kube_pod_start_time{namespace="atelier", pod="atelier-triton-1"}', steady(-44 * 86_400))
        | one('kube_pod_start_time{namespace="atelier", pod="atelier-auth-1"}', steady(-90 * 86_400)),
    ),
    "VolumeFills": (
        one(
            'kubelet_volume_stats_available_bytes{namespace="atelier", persistentvolumeclaim="pg"}', steady(5)
        )
        | one(
            'kubelet_volume_stats_capacity_bytes{namespace="atelier", persistentvolumeclaim="pg"}',
            steady(100),
        ),
        one(
            'kubelet_volume_stats_available_bytes{namespace="atelier", persistentvolumeclaim="pg"}',
            steady(50),
        )
        | one(
            'kubelet_volume_stats_capacity_bytes{namespace="atelier", persistentvolumeclaim="pg"}',
            steady(100),
        ),
    ),
}
