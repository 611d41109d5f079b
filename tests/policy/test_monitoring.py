"""What Prometheus, Grafana and the people on call are told about the platform on Kubernetes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import pytest

from deploy.grafana import runbooks
from deploy.k8s.render import ROOT, Manifest, overlays, render
from deploy.local.topology import PROCESSES
from tests.policy.objects import named, of_kind, selects, workloads

WATCHED = [overlay for overlay in overlays() if overlay != "dev"]
"""Overlays with the component monitoring: a cluster for trying things has no Prometheus."""


def jobs(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """The `job` that Prometheus gives to what stands behind each Service, and the Service's name."""
    for monitor in of_kind(manifests, "ServiceMonitor"):
        spec = monitor["spec"]
        for service in of_kind(manifests, "Service"):
            labels = service["metadata"].get("labels", {})
            if not selects(spec["selector"], labels):
                continue
            for endpoint in spec["endpoints"]:
                assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
                fixed = [
                    item["replacement"]
                    for item in endpoint.get("relabelings", [])
                    if item["targetLabel"] == "job"
                ]
                yield (fixed or [labels[spec["jobLabel"]]])[0], service["metadata"]["name"]


@pytest.mark.parametrize("overlay", WATCHED)
def test_every_job_has_the_name_that_alerts_and_dashboards_ask_for(overlay: str) -> None:
    manifests = render(f"overlays/{overlay}")
    wanted = {(f"atelier-{process}", f"atelier-{process}") for process in PROCESSES} | {
        ("postgres", "atelier-postgres-exporter")
    }
    if any(item["metadata"]["name"] == "atelier-triton" for item in of_kind(manifests, "Deployment")):
        wanted.add(("triton", "atelier-triton"))
    assert sorted(jobs(manifests)) == sorted(wanted)


@pytest.mark.parametrize("overlay", WATCHED)
def test_every_alert_has_a_runbook_and_a_severity(overlay: str) -> None:
    (rules,) = of_kind(render(f"overlays/{overlay}"), "PrometheusRule")
    alerts = [rule for group in rules["spec"]["groups"] for rule in group["rules"] if "alert" in rule]
    assert len(alerts) > 10
    (shown,) = (
        item
        for item in of_kind(render(f"overlays/{overlay}"), "ConfigMap")
        if item["metadata"]["name"] == "atelier-dashboard-runbooks"
    )
    pages = {panel["id"] for panel in json.loads(shown["data"][f"{runbooks.UID}.json"])["panels"]}
    for alert in alerts:
        assert alert["labels"]["severity"] in {"page", "ticket"}, alert["alert"]
        assert alert["annotations"]["runbook_url"] == runbooks.url(alert["alert"])
        assert runbooks.number(alert["alert"]) in pages, alert["alert"]


@pytest.mark.parametrize("overlay", WATCHED)
def test_every_dashboard_reaches_grafana(overlay: str) -> None:
    shown = {
        name: item
        for item in of_kind(render(f"overlays/{overlay}"), "ConfigMap")
        if item["metadata"].get("labels", {}).get("grafana_dashboard") == "1"
        for name in item["data"]
    }
    assert set(shown) == {path.name for path in (ROOT / "deploy" / "grafana" / "dashboards").rglob("*.json")}
    for name, item in shown.items():
        json.loads(item["data"][name])
        # The API server takes no ConfigMap above a mebibyte.
        assert len(item["data"][name].encode()) < 1024**2


@pytest.mark.parametrize("overlay", WATCHED)
def test_traces_go_to_a_collector_that_the_policies_let_through(overlay: str) -> None:
    manifests = render(f"overlays/{overlay}")
    for process in PROCESSES:
        container = named(manifests, "Deployment", f"atelier-{process}")["spec"]["template"]["spec"][
            "containers"
        ][0]
        given = {item["name"]: item.get("value") for item in container["env"]}
        assert given["OTEL_EXPORTER_OTLP_ENDPOINT"].endswith(":4317")


def test_what_a_runbook_tells_to_look_at_exists() -> None:
    """Names of workloads, clusters and labels in the commands; `<service>` stands for any of the six."""
    manifests = render("overlays/prod-gpu")
    names = {item["metadata"]["name"] for item in manifests} | {"atelier-<service>"}
    pods = [dict(each.labels) for each in workloads(manifests)]
    labels = {f"{key}={value}" for pod in pods for key, value in pod.items()}
    labels |= {"app.kubernetes.io/name=atelier-<service>", "cnpg.io/cluster=atelier-postgres"}
    seen = 0
    for path in (ROOT / "docs" / "runbooks").glob("*.md"):
        text = path.read_text("utf-8")
        for name in re.findall(r"(?:deploy|deployment|job|cluster)[/ ](atelier-[a-z<>-]+)", text):
            assert name in names, f"{path.name}: {name}"
            seen += 1
        for label in re.findall(r"-l\s+([\w./-]+=[\w<>-]+)", text):
            assert label in labels, f"{path.name}: {label}"
            seen += 1
    assert seen > 10
