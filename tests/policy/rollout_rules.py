"""How pods are replaced, spread, counted and found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.k8s.render import Manifest, title
from deploy.local.topology import WITH_DATABASE
from services.auth.settings import AuthSettings
from tests.policy.objects import (
    Manifests,
    Workload,
    deployments,
    named,
    of_kind,
    ours,
    ports,
    selects,
    workers,
    workloads,
)
from tests.policy.reference_rules import settings_class
from tests.policy.variables import variables

_MARGIN_S = 5
_OF_THE_RAIL = 3
"""Connections of a worker beside its pool, which does not overflow, and beside one a job: heartbeat, upkeep, news."""
_FOUND_S = 3
"""Callers have found a new pod by then: see CLIENT_OPTIONS of atelierkit's client."""
_MIGRATIONS_AND_PEOPLE = 30
"""Connections that are left for migrations, the exporter, the operator and a person with psql."""


def _is_several(workload: Workload) -> bool:
    return bool(workload.manifest["spec"].get("replicas") != 1)


def without_gap(manifests: Manifests) -> Iterator[str]:
    """A rollout takes no pod away before its successor is ready, and its callers know it."""
    for workload in deployments(manifests):
        rolling = workload.manifest["spec"].get("strategy", {}).get("rollingUpdate", {})
        if _is_several(workload) and (rolling.get("maxUnavailable"), rolling.get("maxSurge")) != (0, 1):
            yield f"{workload.title} is short of pods while it is rolled out"
        if workload.service and workload.manifest["spec"].get("minReadySeconds", 0) < _FOUND_S:
            yield f"{workload.title} counts pods that nobody calls yet"


def drained(manifests: Manifests) -> Iterator[str]:
    """Kubernetes waits longer for a pod's end than the pod itself may take."""
    for workload in ours(manifests):
        settings = variables(manifests, workload)
        prefix = f"ATELIER_{(workload.service or '').upper()}_"
        sleep = workload.pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {})
        # Nobody calls a worker, and nobody has to notice that it goes.
        told = 0 if workload.is_worker else float(settings.get(f"{prefix}ENDPOINT_NOTICE_S", 0))
        notice = sleep.get("seconds", 0) + told
        needed = notice + float(settings[f"{prefix}DRAIN_GRACE_S"]) + _MARGIN_S
        if notice < _MARGIN_S and not workload.is_worker:
            yield f"{workload.title} ends before anybody has noticed"
        if workload.pod["terminationGracePeriodSeconds"] < needed:
            yield f"{workload.title} is killed after {workload.pod['terminationGracePeriodSeconds']} s and may need {needed:g}"


def budgeted(manifests: Manifests) -> Iterator[str]:
    """A drain of machines takes one pod of each service at a time."""
    budgets = list(of_kind(manifests, "PodDisruptionBudget"))
    for workload in deployments(manifests):
        matching = [item for item in budgets if selects(item["spec"]["selector"], workload.labels)]
        if _is_several(workload) and [item["spec"].get("maxUnavailable") for item in matching] != [1]:
            yield f"{workload.title} has no budget of its own"


def spread(manifests: Manifests) -> Iterator[str]:
    """Pods of one service go to different zones and machines."""
    for workload in deployments(manifests):
        constraints = workload.pod.get("topologySpreadConstraints", [])
        keys = [
            item["topologyKey"] for item in constraints if selects(item["labelSelector"], workload.labels)
        ]
        others = [each for each in deployments(manifests) if each.name != workload.name]
        if _is_several(workload) and "topology.kubernetes.io/zone" not in keys:
            yield f"{workload.title} may lie in one zone"
        if any(selects(item["labelSelector"], other.labels) for item in constraints for other in others):
            yield f"{workload.title} is spread together with others"
        if any(
            set(item.get("matchLabelKeys", [])) & set(item["labelSelector"]["matchLabels"])
            for item in constraints
        ):
            yield f"{workload.title}: a label stands in matchLabelKeys and labelSelector, which the API refuses"


def scaled(manifests: Manifests) -> Iterator[str]:
    """Every Deployment without a fixed number has one autoscaler, which keeps two pods; every autoscaler has a target."""
    targets = [
        (item, *_target(item)) for item in of_kind(manifests, "HorizontalPodAutoscaler", "ScaledObject")
    ]
    known = {workload.name for workload in deployments(manifests)}
    for item, kind, name, least in targets:
        if kind != "Deployment" or name not in known:
            yield f"{title(item)} scales nothing"
        elif least < 2 and not name.endswith("-cpu"):
            yield f"{title(item)} may leave one pod"
    for workload in deployments(manifests):
        scalers = [name for _, _, name, _ in targets if name == workload.name]
        if len(scalers) != (0 if "replicas" in workload.manifest["spec"] else 1):
            yield f"{workload.title} has {len(scalers)} autoscalers"


def _target(item: Manifest) -> tuple[str, str, int]:
    spec: dict[str, Any] = item["spec"]
    least = spec.get("minReplicas", spec.get("minReplicaCount", 1))
    return spec["scaleTargetRef"].get("kind", "Deployment"), spec["scaleTargetRef"]["name"], least


def found(manifests: Manifests) -> Iterator[str]:
    """Every Service finds pods, at ports that they have; those of gRPC give every pod's own address."""
    every = list(workloads(manifests))
    for item in of_kind(manifests, "Service"):
        spec = item["spec"]
        behind = [each for each in every if selects({"matchLabels": spec["selector"]}, each.labels)]
        if not behind:
            yield f"{title(item)} finds no pod"
        for port in spec["ports"]:
            if any(port["targetPort"] not in ports(each) for each in behind):
                yield f"{title(item)}: nobody listens on {port['targetPort']}"
        if any(port["name"] == "grpc" for port in spec["ports"]) and spec.get("clusterIP") != "None":
            yield f"{title(item)} hides its pods behind one address"


def enough_connections(manifests: Manifests) -> Iterator[str]:
    """PostgreSQL takes as many connections as all pods may open that the autoscalers may make, during a rollout."""
    pool = AuthSettings.model_fields["database_pool_size"].default
    overflow = AuthSettings.model_fields["database_pool_overflow"].default
    most = {
        item["spec"]["scaleTargetRef"]["name"]: item["spec"]["maxReplicas"]
        for item in of_kind(manifests, "HorizontalPodAutoscaler")
    }
    pods = sum(most.get(f"atelier-{service}", 1) + 1 for service in WITH_DATABASE)
    most_workers = {
        item["spec"]["scaleTargetRef"]["name"]: item["spec"]["maxReplicaCount"]
        for item in of_kind(manifests, "ScaledObject")
    }
    at_work = sum(
        (most_workers.get(each.name, 1) + 1) * (pool + _hands(each) + _OF_THE_RAIL)
        for each in workers(manifests)
    )
    cluster = named(manifests, "Cluster", "atelier-postgres")
    limit = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
    needed = pods * (pool + overflow) + at_work + _MIGRATIONS_AND_PEOPLE
    if needed > limit:
        yield f"the pools may need {needed} connections and PostgreSQL takes {limit}"


def _hands(worker: Workload) -> int:
    """Jobs that the worker does at a time."""
    found: int = settings_class(worker.service or "").model_fields["job_concurrency"].default
    return found


def stepped(manifests: Manifests) -> Iterator[str]:
    """Every workload belongs to a step of the rollout, the same for roll-out.sh and for Argo CD."""
    waves = {"migrate-pre": "1", "services": "2", "migrate-post": "3"}
    for workload in workloads(manifests):
        metadata = workload.manifest["metadata"]
        step = metadata["labels"].get("atelier.dev/step")
        wave = metadata.get("annotations", {}).get("argocd.argoproj.io/sync-wave")
        wanted = f"migrate-{workload.name.rpartition('-')[2]}" if workload.kind == "Job" else "services"
        if (step, wave) != (wanted, waves[wanted]):
            yield f"{workload.title} is applied in step {step}, wave {wave}"
