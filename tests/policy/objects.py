"""Rendered manifests, looked at as what they become: workloads, their pods, and what those refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.k8s.render import Manifest, title

Manifests = Iterable[Manifest]
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")


@dataclass(frozen=True)
class Workload:
    """Something that makes pods of our own writing; the database's are CloudNativePG's."""

    title: str
    name: str
    kind: str
    manifest: Manifest
    labels: Mapping[str, str]
    """Labels of its pods."""
    pod: Manifest
    """The pods' spec."""

    @property
    def containers(self) -> list[Manifest]:
        """Every container, those that come first included."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def service(self) -> str | None:
        """The service whose settings and identity it has, as itself or as its worker; None for anything else."""
        is_ours = self.labels.get("app.kubernetes.io/component") in {"service", "worker"}
        return self.name.removeprefix("atelier-").removesuffix("-worker") if is_ours else None

    @property
    def is_worker(self) -> bool:
        """Whether it does jobs, and takes no calls."""
        return self.labels.get("app.kubernetes.io/component") == "worker"


def of_kind(manifests: Manifests, *kinds: str) -> Iterator[Manifest]:
    return (manifest for manifest in manifests if manifest["kind"] in kinds)


def named(manifests: Manifests, kind: str, name: str) -> Manifest:
    return next(item for item in of_kind(manifests, kind) if item["metadata"]["name"] == name)


def workloads(manifests: Manifests) -> Iterator[Workload]:
    for manifest in of_kind(manifests, *WORKLOADS):
        template = manifest["spec"]["template"]
        labels = template["metadata"]["labels"]
        name = manifest["metadata"]["name"]
        yield Workload(title(manifest), name, manifest["kind"], manifest, labels, template["spec"])


def deployments(manifests: Manifests) -> Iterator[Workload]:
    return (each for each in workloads(manifests) if each.kind == "Deployment")


def ours(manifests: Manifests) -> Iterator[Workload]:
    """The Deployments of the platform's own processes: services and workers."""
    return (each for each in deployments(manifests) if each.service is not None)


def services(manifests: Manifests) -> Iterator[Workload]:
    """Those of the six that take calls."""
    return (each for each in ours(manifests) if not each.is_worker)


def workers(manifests: Manifests) -> Iterator[Workload]:
    """Those that do the services' jobs."""
    return (each for each in ours(manifests) if each.is_worker)


def ports(workload: Workload) -> dict[str, int]:
    """Named ports of its containers."""
    return {
        port["name"]: port["containerPort"]
        for container in workload.containers
        for port in container.get("ports", [])
    }


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector of Kubernetes matches; an empty one matches everything."""
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(expression, labels) for expression in selector.get("matchExpressions", [])
    )


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression["values"]
        case "NotIn":
            return value not in expression["values"]
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise ValueError(f"unknown operator {expression['operator']}")


def megabytes(quantity: str) -> float:
    """``512Mi`` or ``2Gi`` in MiB."""
    units = {"Ki": 1 / 1024, "Mi": 1, "Gi": 1024}
    return float(quantity[:-2]) * units[quantity[-2:]]
