"""Kubernetes, as kube-state-metrics and the kubelet tell it, and Prometheus itself. Silent where they are not scraped."""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group

_HERE = 'namespace="atelier"'

CLUSTER = Group(
    "atelier-cluster",
    [
        Alert(
            "PodNotReady",
            f'sum by (namespace, pod) (kube_pod_status_ready{{{_HERE}, condition=~"false|unknown"}}) > 0'
            f' unless on (namespace, pod) kube_pod_status_phase{{{_HERE}, phase="Succeeded"}} == 1',
            "5m",
            "ticket",
            "{{ $labels.pod }} is not ready",
            "It gets no requests; the others of its service carry them.",
        ),
        Alert(
            "PodCrashLoops",
            f'kube_pod_container_status_waiting_reason{{{_HERE}, reason="CrashLoopBackOff"}} > 0',
            "2m",
            "page",
            "{{ $labels.container }} of {{ $labels.pod }} ends again and again",
            "Kubernetes waits longer before each new start.",
        ),
        Alert(
            "PodOutOfMemory",
            f'kube_pod_container_status_last_terminated_reason{{{_HERE}, reason="OOMKilled"}} == 1'
            " and on (namespace, pod, container)"
            f" increase(kube_pod_container_status_restarts_total{{{_HERE}}}[15m]) > 0",
            "0s",
            "ticket",
            "{{ $labels.container }} of {{ $labels.pod }} was killed for its memory",
            "What it worked on is lost; its callers saw UNAVAILABLE.",
        ),
        Alert(
            "MemoryNearLimit",
            f'sum by (namespace, pod, container) (container_memory_working_set_bytes{{{_HERE}, container!=""}})'
            " / on (namespace, pod, container)"
            f' kube_pod_container_resource_limits{{{_HERE}, resource="memory"}} > 0.9',
            "10m",
            "ticket",
            "{{ $labels.container }} of {{ $labels.pod }} is near its memory limit",
            "At the limit the kernel kills it.",
        ),
        Alert(
            "ReplicasMissing",
            f"kube_deployment_spec_replicas{{{_HERE}}} - kube_deployment_status_replicas_available{{{_HERE}}} > 0",
            "10m",
            "ticket",
            "{{ $labels.deployment }} lacks replicas",
            "No node has room, an image cannot be pulled, or the new version does not become ready.",
        ),
        Alert(
            "AutoscalerAtItsEnd",
            f"kube_horizontalpodautoscaler_status_current_replicas{{{_HERE}}}"
            f" >= kube_horizontalpodautoscaler_spec_max_replicas{{{_HERE}}}",
            "15m",
            "ticket",
            "{{ $labels.horizontalpodautoscaler }} has as many replicas as it may",
            "More traffic will be turned away.",
        ),
        Alert(
            "MigrationFailed",
            f'kube_job_status_failed{{{_HERE}, job_name=~".*migrat.*"}} > 0',
            "0s",
            "page",
            "The migration {{ $labels.job_name }} failed",
            "The roll-out stands; the version before goes on serving.",
        ),
        Alert(
            "CertificateNotRenewed",
            # A certificate that was never issued has no time of renewal.
            'time() - (certmanager_certificate_renewal_timestamp_seconds{name=~"atelier.*"} != 0) > 6 * 3600',
            "10m",
            "ticket",
            "The certificate {{ $labels.name }} should have been renewed six hours ago",
            "Nothing is broken yet: a service's lasts for the rest of a day, all others for longer. Then their peers, or "
            "browsers, refuse them.",
        ),
        Alert(
            "CertificateNotTaken",
            # Renewed a month after it was made, one that was taken just before that is good for sixty days.
            f'time() - kube_pod_start_time{{{_HERE}, pod=~"atelier-(triton|valkey).*"}} > 45 * 86400',
            "10m",
            "ticket",
            "{{ $labels.pod }} has the certificate of its start, which may end within fifteen days",
            "It reads its files when it starts and never again. Once its certificate has ended nobody talks to it.",
        ),
        Alert(
            "VolumeFills",
            f"kubelet_volume_stats_available_bytes{{{_HERE}}} / kubelet_volume_stats_capacity_bytes{{{_HERE}}} < 0.1",
            "15m",
            "page",
            "The volume {{ $labels.persistentvolumeclaim }} has less than a tenth left",
            "A full disk stops PostgreSQL, and with it everything that is written.",
        ),
    ],
)
WATCHING = Group(
    "atelier-watching",
    [
        Alert(
            "ExporterSilent",
            # By name: a cluster's Prometheus scrapes more than what is ours.
            'up{job=~"postgres|cnpg|dcgm|prometheus|alertmanager"} == 0',
            "5m",
            "ticket",
            "Nothing is heard of {{ $labels.job }} at {{ $labels.instance }}",
            "What its metrics would tell goes unseen: an alert that cannot fire is no good sign.",
        ),
        Alert(
            "RulesFail",
            "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
            "5m",
            "ticket",
            "Prometheus cannot evaluate {{ $labels.rule_group }}",
            "Alerts of that group do not fire.",
        ),
        Alert(
            "AlertsNotDelivered",
            "sum by (alertmanager) (rate(prometheus_notifications_errors_total[5m])) > 0",
            "5m",
            "ticket",
            "Prometheus loses alerts on their way to {{ $labels.alertmanager }}",
            "Nobody is told of what it finds.",
        ),
    ],
)
GROUPS = (CLUSTER, WATCHING)
