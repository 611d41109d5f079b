"""Every overlay keeps every rule, and every rule is seen to fail."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.k8s.render import Manifest, RenderFailed, overlays, render
from deploy.local.topology import WORKERS
from tests.policy import pod_rules, reference_rules, rollout_rules
from tests.policy.objects import Manifests, named

Rule = Callable[[Manifests], Iterator[str]]

RULES: tuple[Rule, ...] = (
    pod_rules.restricted,
    pod_rules.read_only,
    pod_rules.no_token,
    pod_rules.unlinked,
    pod_rules.bounded,
    pod_rules.probed,
    pod_rules.pinned,
    pod_rules.labelled,
    rollout_rules.without_gap,
    rollout_rules.drained,
    rollout_rules.budgeted,
    rollout_rules.spread,
    rollout_rules.scaled,
    rollout_rules.found,
    rollout_rules.enough_connections,
    rollout_rules.stepped,
    reference_rules.there,
    reference_rules.mounted,
    reference_rules.understood,
    reference_rules.sealed,
    reference_rules.counted_together,
    reference_rules.addressed,
    reference_rules.conventional,
    reference_rules.health_names,
    reference_rules.certified,
    reference_rules.employed,
    reference_rules.migrated,
    reference_rules.wide_enough,
    reference_rules.one_namespace,
)
OF_PRODUCTION = {rollout_rules.scaled}
"""Rules that one pod of each cannot keep."""

SERVICES = ("auth", "catalog", "gateway", "generator", "mesher", "tryon")


@pytest.mark.parametrize("overlay", overlays())
def test_an_overlay_holds_the_whole_platform(overlay: str) -> None:
    kinds = {(item["kind"], item["metadata"]["name"]) for item in render(f"overlays/{overlay}")}
    for service in SERVICES:
        own = {
            (kind, f"atelier-{service}")
            for kind in ("Deployment", "Service", "ServiceAccount", "Certificate")
        }
        assert own <= kinds
    for worker in WORKERS:
        assert {(kind, f"atelier-{worker}") for kind in ("Deployment", "Service", "ServiceAccount")} <= kinds
    assert {
        ("Namespace", "atelier"),
        ("NetworkPolicy", "default-deny"),
        ("Cluster", "atelier-postgres"),
    } <= kinds


@pytest.mark.attack("A55")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("overlay", overlays())
def test_an_overlay_keeps_the_rule(overlay: str, rule: Rule) -> None:
    if overlay == "dev" and rule in OF_PRODUCTION:
        pytest.skip("dev has one pod of each")
    faults = list(rule(render(f"overlays/{overlay}")))
    assert not faults, f"{rule.__doc__}\n" + "\n".join(faults)


def test_an_overlay_that_renders_nothing_is_no_success() -> None:
    with pytest.raises(RenderFailed):
        render("base/no-such-folder")


def pod(manifests: list[Manifest], name: str = "atelier-auth", kind: str = "Deployment") -> Any:
    return named(manifests, kind, name)["spec"]["template"]["spec"]


def container(manifests: list[Manifest], name: str = "atelier-auth", kind: str = "Deployment") -> Any:
    return pod(manifests, name, kind)["containers"][0]


def settings(manifests: list[Manifest], service: str = "auth") -> Any:
    for source in container(manifests, f"atelier-{service}")["envFrom"]:
        if "atelier-settings" in source.get("configMapRef", {}).get("name", ""):
            return named(manifests, "ConfigMap", source["configMapRef"]["name"])["data"]
    raise AssertionError(service)


def drop_variable(container: Any, name: str) -> None:
    container["env"] = [variable for variable in container["env"] if variable["name"] != name]


def drop(manifests: list[Manifest], kind: str, name: str) -> None:
    manifests.remove(named(manifests, kind, name))


Break = Callable[[list[Manifest]], Any]
BREAKS: tuple[tuple[Rule, str, Break], ...] = (
    (pod_rules.restricted, "may run as root", lambda m: pod(m)["securityContext"].pop("runAsNonRoot")),
    (pod_rules.restricted, "hostNetwork", lambda m: pod(m).update(hostNetwork=True)),
    (
        pod_rules.restricted,
        "seccomp",
        lambda m: pod(m, "atelier-triton")["securityContext"].pop("seccompProfile"),
    ),
    (
        pod_rules.restricted,
        "hostPath",
        lambda m: pod(m)["volumes"].append({"name": "x", "hostPath": {"path": "/"}}),
    ),
    (pod_rules.restricted, "capabilities", lambda m: container(m)["securityContext"].pop("capabilities")),
    (
        pod_rules.restricted,
        "privileges",
        lambda m: container(m, "atelier-migrate-auth-pre", "Job")["securityContext"].clear(),
    ),
    (
        pod_rules.read_only,
        "may write",
        lambda m: container(m)["securityContext"].update(readOnlyRootFilesystem=False),
    ),
    (pod_rules.read_only, "no limit", lambda m: pod(m)["volumes"].append({"name": "x", "emptyDir": {}})),
    (pod_rules.no_token, "takes a token", lambda m: pod(m).pop("automountServiceAccountToken")),
    (pod_rules.no_token, "account does not exist", lambda m: drop(m, "ServiceAccount", "atelier-auth")),
    (pod_rules.unlinked, "own variables", lambda m: pod(m).pop("enableServiceLinks")),
    (pod_rules.bounded, "what it needs", lambda m: container(m)["resources"]["requests"].pop("cpu")),
    (pod_rules.bounded, "what it needs", lambda m: container(m)["resources"].pop("limits")),
    (pod_rules.bounded, "throttled", lambda m: container(m)["resources"]["limits"].update(cpu="1")),
    (pod_rules.probed, "asks nobody", lambda m: container(m).pop("startupProbe")),
    (pod_rules.probed, "asks nobody", lambda m: container(m)["livenessProbe"]["grpc"].update(port=50059)),
    (
        pod_rules.pinned,
        "not pinned",
        lambda m: container(m).update(image="registry.example.org/atelier/atelier-auth:latest"),
    ),
    (pod_rules.pinned, "not pinned", lambda m: container(m).update(image="atelier-auth")),
    (
        pod_rules.pinned,
        "not version",
        lambda m: container(m).update(image="registry.example.org/atelier/atelier-auth:0.0.9"),
    ),
    (
        pod_rules.labelled,
        "part-of",
        lambda m: named(m, "Deployment", "atelier-auth")["metadata"]["labels"].pop(
            "app.kubernetes.io/part-of"
        ),
    ),
    (
        rollout_rules.without_gap,
        "short of pods",
        lambda m: named(m, "Deployment", "atelier-auth")["spec"]["strategy"]["rollingUpdate"].update(
            maxUnavailable=1
        ),
    ),
    (
        rollout_rules.without_gap,
        "nobody calls",
        lambda m: named(m, "Deployment", "atelier-auth")["spec"].pop("minReadySeconds"),
    ),
    (
        rollout_rules.drained,
        "is killed",
        lambda m: pod(m, "atelier-mesher").update(terminationGracePeriodSeconds=30),
    ),
    (
        rollout_rules.drained,
        "is killed",
        lambda m: pod(m, "atelier-generator-worker").update(terminationGracePeriodSeconds=30),
    ),
    (
        rollout_rules.drained,
        "noticed",
        lambda m: settings(m, "gateway").pop("ATELIER_GATEWAY_ENDPOINT_NOTICE_S"),
    ),
    (rollout_rules.budgeted, "no budget", lambda m: drop(m, "PodDisruptionBudget", "atelier-auth")),
    (rollout_rules.spread, "one zone", lambda m: pod(m).pop("topologySpreadConstraints")),
    (
        rollout_rules.spread,
        "the API refuses",
        lambda m: pod(m)["topologySpreadConstraints"][0]["matchLabelKeys"].append("app.kubernetes.io/name"),
    ),
    (
        rollout_rules.spread,
        "with others",
        lambda m: pod(m)["topologySpreadConstraints"][0].update(
            labelSelector={"matchLabels": {"app.kubernetes.io/part-of": "atelier"}}
        ),
    ),
    (
        rollout_rules.scaled,
        "scales nothing",
        lambda m: named(m, "HorizontalPodAutoscaler", "atelier-auth")["spec"]["scaleTargetRef"].update(
            name="auth"
        ),
    ),
    (
        rollout_rules.scaled,
        "one pod",
        lambda m: named(m, "HorizontalPodAutoscaler", "atelier-auth")["spec"].update(minReplicas=1),
    ),
    (rollout_rules.scaled, "0 autoscalers", lambda m: drop(m, "ScaledObject", "atelier-triton")),
    (
        rollout_rules.scaled,
        "1 autoscalers",
        lambda m: named(m, "Deployment", "atelier-auth")["spec"].update(replicas=3),
    ),
    (
        rollout_rules.found,
        "finds no pod",
        lambda m: named(m, "Service", "atelier-auth")["spec"]["selector"].update(
            {"app.kubernetes.io/name": "auth"}
        ),
    ),
    (rollout_rules.found, "nobody listens", lambda m: container(m)["ports"].pop(0)),
    (
        rollout_rules.found,
        "one address",
        lambda m: named(m, "Service", "atelier-auth")["spec"].pop("clusterIP"),
    ),
    (
        rollout_rules.enough_connections,
        "may need",
        lambda m: named(m, "HorizontalPodAutoscaler", "atelier-auth")["spec"].update(maxReplicas=20),
    ),
    (
        rollout_rules.enough_connections,
        "may need",
        lambda m: named(m, "ScaledObject", "atelier-auth-worker")["spec"].update(maxReplicaCount=20),
    ),
    (
        rollout_rules.stepped,
        "applied in step",
        lambda m: named(m, "Job", "atelier-migrate-auth-pre")["metadata"]["labels"].update(
            {"atelier.dev/step": "services"}
        ),
    ),
    (
        reference_rules.there,
        "nobody makes the ConfigMap",
        lambda m: drop(m, "ConfigMap", container(m)["envFrom"][0]["configMapRef"]["name"]),
    ),
    (
        reference_rules.there,
        "nobody makes the Secret",
        lambda m: drop(m, "ExternalSecret", "atelier-database-auth"),
    ),
    (reference_rules.there, "nobody makes the Secret", lambda m: drop(m, "Certificate", "atelier-mesher")),
    (reference_rules.mounted, "mounts", lambda m: container(m)["volumeMounts"].pop(0)),
    (
        reference_rules.mounted,
        "nothing is mounted",
        lambda m: settings(m).update(ATELIER_AUTH_TLS_KEY="/etc/tls/tls.key"),
    ),
    (reference_rules.understood, "is no setting", lambda m: settings(m).update(ATELIER_AUTH_DRAIN_S="5")),
    (reference_rules.understood, "nobody reads", lambda m: settings(m).update(AUTH_DRAIN_S="5")),
    (
        reference_rules.understood,
        "is missing",
        lambda m: settings(m, "gateway").pop("ATELIER_GATEWAY_AUTH_ADDR"),
    ),
    (reference_rules.understood, "is missing", lambda m: container(m).pop("env")),
    (
        reference_rules.sealed,
        "sealing keys",
        lambda m: drop_variable(container(m), "ATELIER_AUTH_SEALING_KEYS"),
    ),
    (
        reference_rules.counted_together,
        "the number of gateways",
        lambda m: drop_variable(container(m, "atelier-gateway"), "ATELIER_GATEWAY_LIMITS_STORE"),
    ),
    (
        pod_rules.probed,
        "asks nobody",
        lambda m: container(m, "atelier-valkey")["livenessProbe"]["tcpSocket"].update(port=6380),
    ),
    (
        reference_rules.addressed,
        "calls auth",
        lambda m: settings(m, "gateway").update(ATELIER_GATEWAY_AUTH_ADDR="atelier-auth:50051"),
    ),
    (
        reference_rules.addressed,
        "infers at",
        lambda m: settings(m, "generator").update(ATELIER_GENERATOR_INFERENCE="triton:8001"),
    ),
    (reference_rules.conventional, "has the ports", lambda m: container(m)["ports"].pop(1)),
    (
        reference_rules.conventional,
        "the process's grpc port",
        lambda m: settings(m).update(ATELIER_AUTH_PORT="50053"),
    ),
    (
        reference_rules.health_names,
        "is asked for",
        lambda m: container(m)["readinessProbe"]["grpc"].pop("service"),
    ),
    (
        reference_rules.certified,
        "is for",
        lambda m: named(m, "Certificate", "atelier-auth")["spec"].update(
            uris=["spiffe://atelier/ns/atelier/sa/atelier-mesher"]
        ),
    ),
    (
        reference_rules.certified,
        "keeps its key",
        lambda m: named(m, "Certificate", "atelier-auth")["spec"]["privateKey"].update(
            rotationPolicy="Never"
        ),
    ),
    (
        reference_rules.certified,
        "does not see",
        lambda m: named(m, "Certificate", "atelier-auth")["spec"].update(secretName="other"),
    ),
    (
        reference_rules.certified,
        "two thirds",
        lambda m: named(m, "Certificate", "atelier-auth")["spec"].update(duration="2160h"),
    ),
    (
        reference_rules.employed,
        "runs ['python', '-m', 'services.auth']",
        lambda m: container(m, "atelier-auth-worker").update(command=["python", "-m", "services.auth"]),
    ),
    (
        reference_rules.employed,
        "runs in",
        lambda m: container(m, "atelier-auth-worker").update(image="atelier-catalog"),
    ),
    (
        reference_rules.employed,
        "other variables",
        lambda m: container(m, "atelier-auth-worker")["env"].pop(0),
    ),
    (
        reference_rules.employed,
        "another identity",
        lambda m: pod(m, "atelier-auth-worker")["volumes"][0]["secret"].update(
            secretName="atelier-tls-mesher"
        ),
    ),
    (reference_rules.migrated, "the Jobs are", lambda m: drop(m, "Job", "atelier-migrate-auth-post")),
    (
        reference_rules.migrated,
        "runs",
        lambda m: container(m, "atelier-migrate-auth-post", "Job").update(args=["services.catalog"]),
    ),
    (
        reference_rules.wide_enough,
        "gives up on /v1/clouds",
        lambda m: named(m, "HTTPRoute", "atelier")["spec"]["rules"][0]["timeouts"].update(request="60s"),
    ),
    (
        reference_rules.one_namespace,
        "any pod",
        lambda m: named(m, "Namespace", "atelier")["metadata"]["labels"].clear(),
    ),
    (
        reference_rules.one_namespace,
        "lies in",
        lambda m: named(m, "Service", "atelier-auth")["metadata"].pop("namespace"),
    ),
)


@pytest.mark.attack("A55")
@pytest.mark.parametrize(
    ("rule", "told", "harm"), BREAKS, ids=[f"{rule.__name__}-{told}" for rule, told, _ in BREAKS]
)
def test_a_rule_sees_its_break(rule: Rule, told: str, harm: Break) -> None:
    manifests = copy.deepcopy(list(render("overlays/prod-gpu")))
    harm(manifests)
    assert any(told in fault for fault in rule(manifests))


def test_every_rule_is_seen_to_fail() -> None:
    assert {rule for rule, _, _ in BREAKS} == set(RULES)
