"""Who may reach whom, worked out from NetworkPolicies as Kubernetes defines them.

A pod that no policy selects for a direction is open in it; one that some do select lets through what at least one of them
allows. A connection needs both ends.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.k8s.render import Manifest
from tests.policy.objects import selects

TCP, UDP = "TCP", "UDP"


@dataclass(frozen=True)
class End:
    """A pod, or an address outside the cluster."""

    name: str
    namespace: str = "atelier"
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    """Named ports of its containers."""
    address: str | None = None
    """Of something that is no pod; pods' own addresses are in no policy."""


def allowed(policies: Sequence[Manifest], source: End, target: End, port: int, protocol: str = TCP) -> bool:
    """Whether a connection from one end to the other's port is let through at both ends."""
    out = _lets(policies, "egress", source, target, target, port, protocol)
    into = _lets(policies, "ingress", target, source, target, port, protocol)
    return out and into


def _lets(
    policies: Sequence[Manifest],
    direction: str,
    own: End,
    other: End,
    target: End,
    port: int,
    protocol: str,
) -> bool:
    if own.address is not None:
        return True
    selecting = [item for item in policies if _is_about(item, direction, own)]
    if not selecting:
        return True
    rules = [(item, rule) for item in selecting for rule in item["spec"].get(direction, [])]
    side = "to" if direction == "egress" else "from"
    return any(
        _names(rule.get(side), other, item["metadata"]["namespace"])
        and _opens(rule.get("ports"), target, port, protocol)
        for item, rule in rules
    )


def _is_about(policy: Manifest, direction: str, end: End) -> bool:
    types = policy["spec"].get("policyTypes") or [
        "Ingress",
        *(["Egress"] if "egress" in policy["spec"] else []),
    ]
    return (
        direction.title() in types
        and policy["metadata"]["namespace"] == end.namespace
        and selects(policy["spec"]["podSelector"], end.labels)
    )


def _names(peers: Sequence[Mapping[str, Any]] | None, other: End, namespace: str) -> bool:
    """A rule without peers is about everybody."""
    return not peers or any(_is_peer(peer, other, namespace) for peer in peers)


def _is_peer(peer: Mapping[str, Any], other: End, namespace: str) -> bool:
    if "ipBlock" in peer:
        return other.address is not None and _in_block(peer["ipBlock"], other.address)
    if other.address is not None:
        return False
    spaces = peer.get("namespaceSelector")
    there = other.namespace == namespace if spaces is None else selects(spaces, other.namespace_labels)
    return there and selects(peer.get("podSelector", {}), other.labels)


def _in_block(block: Mapping[str, Any], address: str) -> bool:
    place = ipaddress.ip_address(address)
    return place in ipaddress.ip_network(block["cidr"]) and not any(
        place in ipaddress.ip_network(hole) for hole in block.get("except", [])
    )


def _opens(ports: Sequence[Mapping[str, Any]] | None, target: End, port: int, protocol: str) -> bool:
    """A rule without ports opens all of them. A named port is looked up at the pod that is called."""
    return not ports or any(
        item.get("protocol", TCP) == protocol and _number(item.get("port", port), target) == port
        for item in ports
    )


def _number(port: str | int, target: End) -> int | None:
    return port if isinstance(port, int) else target.ports.get(port)
