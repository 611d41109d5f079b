"""The validation of `make k8s-check` sees what is wrong: fields unknown, missing, of the wrong type, of no such value."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from deploy.k8s import schemas
from deploy.k8s.render import Manifest, render
from tests.policy.objects import named

Break = Callable[[list[Manifest]], Any]


def spec(manifests: list[Manifest], kind: str, name: str) -> Any:
    return named(manifests, kind, name)["spec"]


CUSTOM: tuple[tuple[str, Break], ...] = (
    ("Certificate/atelier-auth", lambda m: spec(m, "Certificate", "atelier-auth").update(dnsName=["a"])),
    ("Cluster/atelier-postgres", lambda m: spec(m, "Cluster", "atelier-postgres").pop("instances")),
    ("Database/atelier-postgres", lambda m: spec(m, "Database", "atelier-postgres")["schemas"][0].update(owns="a")),
    ("ExternalSecret/atelier-backups", lambda m: spec(m, "ExternalSecret", "atelier-backups")["secretStoreRef"].update(kind="Vault")),
    ("HTTPRoute/atelier", lambda m: spec(m, "HTTPRoute", "atelier")["rules"][0].update(timeout={})),
    ("ScaledObject/atelier-triton", lambda m: spec(m, "ScaledObject", "atelier-triton").update(maxReplicaCount="8")),
    ("ServiceMonitor/atelier", lambda m: spec(m, "ServiceMonitor", "atelier")["endpoints"][0].update(every="15s")),
    ("ObjectStore/atelier-backups", lambda m: spec(m, "ObjectStore", "atelier-backups")["configuration"].update(serverName="a")),
    ("ObjectStore/atelier-backups", lambda m: spec(m, "ObjectStore", "atelier-backups")["instanceSidecarConfiguration"]["resources"].update(limit={})),
    ("ObjectStore/atelier-backups", lambda m: spec(m, "ObjectStore", "atelier-backups").update(retentionPolicy="30 days")),
)  # fmt: skip
"""What is reported, and what was broken."""


def test_every_break_of_an_operators_resource_is_reported(worker_id: str) -> None:
    whole = list(render("overlays/prod-gpu"))
    broken = []
    for told, harm in CUSTOM:
        manifests = copy.deepcopy(whole)
        harm(manifests)
        kind, name = told.split("/")
        broken.append(named(manifests, kind, name))
    # One run of the compiler for all of them, and the whole ones beside: nothing is told of those.
    faults = schemas.custom_faults([*broken, *whole], f"breaks-{worker_id}")
    assert sorted(fault.split(":")[0] for fault in faults) == sorted(told for told, _ in CUSTOM)


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_every_break_of_kubernetes_own_is_reported(version: str) -> None:
    manifests = copy.deepcopy(list(render("overlays/prod-gpu")))
    spec(manifests, "Deployment", "atelier-auth")["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    spec(manifests, "HorizontalPodAutoscaler", "atelier-auth").pop("maxReplicas")
    spec(manifests, "NetworkPolicy", "dns")["egress"][0]["ports"][0]["port"] = {}
    harmed = [
        named(manifests, kind, name)
        for kind, name in (
            ("Deployment", "atelier-auth"),
            ("HorizontalPodAutoscaler", "atelier-auth"),
            ("NetworkPolicy", "dns"),
        )
    ]
    faults = schemas.faults([*harmed, named(manifests, "Service", "atelier-auth")], version)
    assert [fault.split(" ")[0] for fault in faults] == [
        "Deployment/atelier-auth",
        "HorizontalPodAutoscaler/atelier-auth",
        "NetworkPolicy/dns",
    ]


def test_a_kind_that_kubernetes_does_not_know_is_reported() -> None:
    unknown: Manifest = {"apiVersion": "apps/v1", "kind": "Deploiment", "metadata": {"name": "a"}}
    assert schemas.faults([unknown], schemas.VERSIONS[-1])
