"""Every drawn arrow is allowed, and nothing else, for every pair of ends and every port."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import pytest

from deploy.k8s.render import Manifest, overlays, render
from tests.policy.arrows import PORTS, Arrow, drawn, ends
from tests.policy.network import TCP, End, allowed
from tests.policy.objects import named, of_kind


def open_ways(manifests: Sequence[Manifest]) -> set[Arrow]:
    """Every connection that the policies let through, apart from those between two ends that are none of ours."""
    policies = list(of_kind(manifests, "NetworkPolicy"))
    return {
        (source.name, target.name, port, protocol)
        for source in ends(manifests)
        for target in ends(manifests)
        for port, protocol in PORTS
        if "atelier" in {_place(source), _place(target)} and allowed(policies, source, target, port, protocol)
    }


def _place(end: End) -> str:
    return end.namespace if end.address is None else "outside"


@pytest.mark.attack("A54")
@pytest.mark.parametrize("overlay", overlays())
def test_the_drawn_arrows_are_open_and_no_others(overlay: str) -> None:
    manifests = render(f"overlays/{overlay}")
    found, wanted = open_ways(manifests), drawn(manifests)
    assert len(wanted) > 40
    assert found - wanted == set()
    assert wanted - found == set()


@pytest.mark.attack("A54")
def test_a_missing_policy_opens_ways() -> None:
    manifests = copy.deepcopy(list(render("overlays/prod-gpu")))
    manifests.remove(named(manifests, "NetworkPolicy", "default-deny"))
    assert ("stranger", "atelier-tryon", 9464, TCP) not in open_ways(render("overlays/prod-gpu"))
    assert ("atelier-tryon", "cloud-metadata", 80, TCP) not in open_ways(render("overlays/prod-gpu"))
    assert ("stranger", "atelier-migrate-auth-pre", 80, TCP) in open_ways(manifests)


@pytest.mark.attack("A54")
def test_a_policy_that_selects_too_much_is_seen() -> None:
    manifests = copy.deepcopy(list(render("overlays/prod-gpu")))
    rule = named(manifests, "NetworkPolicy", "atelier-auth")["spec"]["ingress"][0]
    rule["from"].append(
        {
            "namespaceSelector": {},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "atelier-gateway"}},
        }
    )
    assert ("stranger", "atelier-auth", 50051, TCP) in open_ways(manifests) - drawn(manifests)


@pytest.mark.attack("A54")
def test_an_arrow_needs_both_its_ends() -> None:
    manifests = copy.deepcopy(list(render("overlays/prod-gpu")))
    del named(manifests, "NetworkPolicy", "atelier-catalog")["spec"]["ingress"]
    assert ("atelier-gateway", "atelier-catalog", 50051, TCP) in drawn(manifests) - open_ways(manifests)
