"""The arrows that are drawn: deploy/local/topology.py's, and those to what the platform stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deploy.k8s.render import Manifest
from deploy.local.topology import CALLS, PROCESSES, WITH_DATABASE, WORKERS
from tests.policy.network import TCP, UDP, End
from tests.policy.objects import Workload, named, of_kind, ports, workloads

Arrow = tuple[str, str, int, str]
"""From, to, port, protocol."""

WITH_BLOBS = ("gateway", "generator", "generator-worker", "mesher")
"""Who reads or writes the object store."""

OUTWARD = (443, 465, 587)
"""Where webhooks and letters go, to anywhere but the cluster's own addresses."""

FOREIGN = (
    End("dns", "kube-system", {"k8s-app": "kube-dns"}, {"kubernetes.io/metadata.name": "kube-system"}),
    End("prometheus", "watching", {"app": "prometheus"}, {"atelier.dev/monitoring": "true"}),
    End("collector", "tracing", {"app": "collector"}, {"atelier.dev/telemetry": "true"}),
    End("front", "ways-in", {"app": "proxy"}, {"atelier.dev/ingress": "true"}),
    End("operator", "cnpg-system", {"app": "cnpg"}, {"kubernetes.io/metadata.name": "cnpg-system"}),
    End(
        "stranger",
        "elsewhere",
        {"app.kubernetes.io/name": "atelier-gateway"},
        {"kubernetes.io/metadata.name": "elsewhere"},
    ),
    End("lodger", "atelier", {"app": "something-else"}),
)
"""Pods that are not ours; a stranger that calls itself gateway is one of them, and so is one in our own namespace."""

OUTSIDE = (
    End("object-store", address="52.219.170.1"),
    End("api-server", address="10.96.0.1"),
    End("cloud-metadata", address="169.254.169.254"),
)
PORTS = (
    (53, UDP),
    *(
        (port, TCP)
        for port in (
            53,
            80,
            443,
            465,
            587,
            1025,
            4317,
            5432,
            6379,
            6443,
            8000,
            8001,
            8002,
            8025,
            8080,
            9187,
            9464,
            50051,
            50052,
        )
    ),
)
"""Every port that anything in the picture listens on."""


def ends(manifests: Sequence[Manifest]) -> list[End]:
    """Everything that could speak or be spoken to."""
    own = [End(each.name, labels=each.labels, ports=ports(each)) for each in workloads(manifests)]
    cluster = End(
        "atelier-postgres",
        labels={"cnpg.io/cluster": named(manifests, "Cluster", "atelier-postgres")["metadata"]["name"]},
    )
    return [*own, cluster, *FOREIGN, *OUTSIDE]


def drawn(manifests: Sequence[Manifest]) -> set[Arrow]:
    """The arrows of an overlay: to Triton, to the object store and from Prometheus only where it has those."""
    every = list(workloads(manifests))
    return {
        *_calls(),
        *_to_the_database(every),
        *_of_the_database(),
        *((each.name, "dns", 53, protocol) for each in every for protocol in (TCP, UDP)),
        *((name, "dns", 53, protocol) for name in ("atelier-postgres", "lodger") for protocol in (TCP, UDP)),
        ("front", "atelier-gateway", 8080, TCP),
        *_to_the_object_store(manifests),
        *(
            (f"atelier-{caller}", each.name, 8001, TCP)
            for caller in ("generator", "generator-worker")
            for each in every
            if "triton" in each.name
        ),
        *(("atelier-auth-worker", "object-store", port, TCP) for port in OUTWARD),
        *(
            ("atelier-auth-worker", each.name, ports(each)["smtp"], TCP)
            for each in every
            if "smtp" in ports(each)
        ),
        *(("atelier-gateway", each.name, 6379, TCP) for each in every if "valkey" in ports(each)),
        *_of_monitoring(manifests, every),
    }


def _calls() -> Iterator[Arrow]:
    for caller in PROCESSES:
        callees = CALLS[WORKERS.get(caller, caller)]
        yield from ((f"atelier-{caller}", f"atelier-{callee}", 50051, TCP) for callee in callees)


def _to_the_database(every: Sequence[Workload]) -> Iterator[Arrow]:
    for process in (*WITH_DATABASE, *WORKERS):
        yield (f"atelier-{process}", "atelier-postgres", 5432, TCP)
    yield from ((each.name, "atelier-postgres", 5432, TCP) for each in every if each.kind == "Job")


def _of_the_database() -> Iterator[Arrow]:
    """Between its instances, from its operator, to the API server and to the store of its backups."""
    for port in (5432, 8000):
        yield ("atelier-postgres", "atelier-postgres", port, TCP)
        yield ("operator", "atelier-postgres", port, TCP)
    for port in (443, 6443):
        yield ("atelier-postgres", "object-store", port, TCP)
        yield ("atelier-postgres", "api-server", port, TCP)


def _to_the_object_store(manifests: Sequence[Manifest]) -> Iterator[Arrow]:
    urls = [
        value
        for item in of_kind(manifests, "ConfigMap")
        for name, value in item["data"].items()
        if name.endswith("_BLOB_URL")
    ]
    if all(url.startswith("s3:") for url in urls):
        yield from ((f"atelier-{service}", "object-store", 443, TCP) for service in WITH_BLOBS)


def _of_monitoring(manifests: Sequence[Manifest], every: Sequence[Workload]) -> Iterator[Arrow]:
    if not any(of_kind(manifests, "ServiceMonitor")):
        return
    yield from (
        ("prometheus", each.name, ports(each)["metrics"], TCP) for each in every if "metrics" in ports(each)
    )
    yield from (
        ("prometheus", "atelier-postgres", 9187, TCP),
        ("atelier-postgres-exporter", "atelier-postgres", 5432, TCP),
    )
    yield from ((f"atelier-{process}", "collector", 4317, TCP) for process in PROCESSES)
