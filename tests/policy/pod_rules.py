"""What every pod has to keep. A rule gives its faults, one sentence each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from deploy.k8s.render import ROOT, Manifest
from tests.policy.objects import Manifests, Workload, deployments, megabytes, of_kind, ports, workloads

LABELS = ("app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/part-of")
VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
"""Kinds of volumes that the Pod Security Standard "restricted" knows."""
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
_PINNED = re.compile(r"[a-z0-9.-]+\.[a-z]+(/[a-z0-9._-]+)+(:[\w.-]+|@sha256:[0-9a-f]{64})")


def restricted(manifests: Manifests) -> Iterator[str]:
    """Every pod is "restricted" by the Pod Security Standards, so that the namespace's label lets it in."""
    for workload in workloads(manifests):
        for fault in (*_pod_faults(workload.pod), *_container_faults(workload)):
            yield f"{workload.title}: {fault}"


def _pod_faults(pod: Manifest) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield f"{field} is set"
    security = pod.get("securityContext", {})
    if security.get("runAsNonRoot") is not True or security.get("runAsUser") in {None, 0}:
        yield "it may run as root"
    if security.get("seccompProfile", {}).get("type") not in {"RuntimeDefault", "Localhost"}:
        yield "no seccomp profile"
    if security.get("sysctls"):
        yield "it sets kernel parameters"
    for volume in pod.get("volumes", []):
        if kinds := set(volume) - {"name"} - VOLUMES:
            yield f"the volume {volume['name']} is a {', '.join(sorted(kinds))}"


def _container_faults(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        security = container.get("securityContext", {})
        if security.get("allowPrivilegeEscalation") is not False:
            yield f"{container['name']} may gain privileges"
        if "ALL" not in security.get("capabilities", {}).get("drop", []):
            yield f"{container['name']} keeps capabilities"
        if set(security.get("capabilities", {}).get("add", [])) - {"NET_BIND_SERVICE"}:
            yield f"{container['name']} adds capabilities"
        if security.get("privileged") or security.get("procMount", "Default") != "Default":
            yield f"{container['name']} is privileged"
        if security.get("runAsUser") == 0 or security.get("runAsNonRoot") is False:
            yield f"{container['name']} runs as root"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield f"{container['name']} takes a port of its machine"


def read_only(manifests: Manifests) -> Iterator[str]:
    """Every root file system is read-only; what is written goes to volumes that have a limit."""
    for workload in workloads(manifests):
        for container in workload.containers:
            if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
                yield f"{workload.title}: {container['name']} may write to its root"
        for volume in workload.pod.get("volumes", []):
            if "emptyDir" in volume and not volume["emptyDir"].get("sizeLimit"):
                yield f"{workload.title}: the volume {volume['name']} has no limit"


def no_token(manifests: Manifests) -> Iterator[str]:
    """No pod has a token of the API server."""
    accounts = {item["metadata"]["name"]: item for item in of_kind(manifests, "ServiceAccount")}
    for name, account in accounts.items():
        if account.get("automountServiceAccountToken") is not False:
            yield f"ServiceAccount/{name} hands its token out"
    for workload in workloads(manifests):
        if workload.pod.get("automountServiceAccountToken") is not False:
            yield f"{workload.title} takes a token"
        if workload.kind == "Deployment" and workload.pod.get("serviceAccountName") != workload.name:
            yield f"{workload.title} has no account of its own"
        if workload.kind == "Deployment" and workload.name not in accounts:
            yield f"{workload.title}'s account does not exist"


def unlinked(manifests: Manifests) -> Iterator[str]:
    """No pod gets a variable for each Service: `ATELIER_GATEWAY_PORT=tcp://...` would be read as a setting."""
    for workload in workloads(manifests):
        if workload.pod.get("enableServiceLinks") is not False:
            yield f"{workload.title} gets Kubernetes' own variables"


def bounded(manifests: Manifests) -> Iterator[str]:
    """Every container says what it needs, and has a limit of memory that is not below that."""
    for workload in workloads(manifests):
        for container in workload.containers:
            requests = container.get("resources", {}).get("requests", {})
            limits = container.get("resources", {}).get("limits", {})
            if not {"cpu", "memory"} <= set(requests) or "memory" not in limits:
                yield f"{workload.title}: {container['name']} does not say what it needs"
            elif megabytes(limits["memory"]) < megabytes(requests["memory"]):
                yield f"{workload.title}: {container['name']} asks for more memory than it may have"
            if "cpu" in limits:
                yield f"{workload.title}: {container['name']} is throttled by a limit of CPU"


def probed(manifests: Manifests) -> Iterator[str]:
    """Every container that serves is asked whether it has started, is ready and lives, at a port that it has."""
    for workload in deployments(manifests):
        known = ports(workload)
        for container in workload.pod["containers"]:
            for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
                probe = container.get(kind, {})
                asked = (probe.get(way, {}).get("port") for way in ("grpc", "httpGet", "tcpSocket"))
                port = next(filter(None, asked), None)
                if port not in known and port not in known.values():
                    yield f"{workload.title}: the {kind} of {container['name']} asks nobody"


def pinned(manifests: Manifests) -> Iterator[str]:
    """Every image names registry and version; the platform's own have the version of pyproject.toml."""
    images = [
        (each.title, container["image"]) for each in workloads(manifests) for container in each.containers
    ]
    images += [
        (f"Cluster/{item['metadata']['name']}", item["spec"]["imageName"])
        for item in of_kind(manifests, "Cluster")
    ]
    for owner, image in images:
        tag = image.rpartition(":")[2]
        if not _PINNED.fullmatch(image) or tag in {"latest", "stable", "main"}:
            yield f"{owner}: the image {image} is not pinned"
        elif "/atelier-" in image and "@" not in image and tag != VERSION:
            yield f"{owner}: {image} is not version {VERSION}"


def labelled(manifests: Manifests) -> Iterator[str]:
    """Every workload and every pod of it says what it is, by the recommended labels."""
    for workload in workloads(manifests):
        for where, labels in (
            ("", workload.manifest["metadata"].get("labels", {})),
            ("'s pods", workload.labels),
        ):
            if missing := [label for label in LABELS if label not in labels]:
                yield f"{workload.title}{where} lack {', '.join(missing)}"
