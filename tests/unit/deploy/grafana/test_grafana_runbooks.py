"""Every runbook is a panel of one dashboard, to which its alert leads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana import files, pages, runbooks
from deploy.prometheus.rules import ALERTS
from deploy.prometheus.subjects import services
from tests.unit.deploy.prometheus import promtool

COMMITTED: dict[str, Any] = json.loads(files.RUNBOOKS.read_text("utf-8"))
GRAFANA = "https://grafana.example.org"
ALERT = "LimitsCountedApart"
"""Whose other texts have nothing to fill in."""


def test_the_committed_file_is_fresh() -> None:
    assert files.the_runbooks() == {files.RUNBOOKS: files.RUNBOOKS.read_text("utf-8")}, (
        "run python -m deploy.grafana"
    )


def test_grafanas_own_types_read_it_whole() -> None:
    plugins.register_default_plugins()
    assert json.loads(json.dumps(models.Dashboard.from_json(COMMITTED), cls=JSONEncoder)) == COMMITTED


def test_every_alert_leads_to_its_page() -> None:
    shown = {panel["id"]: panel for panel in COMMITTED["panels"]}
    assert len(shown) == len(COMMITTED["panels"]) == len(ALERTS)
    for alert in ALERTS:
        panel = shown[int(runbooks.path(alert.name).partition("?viewPanel=")[2])]
        assert panel["title"] == alert.name
        assert "## What to do" in panel["options"]["content"]


def test_links_between_pages_stay_within_grafana() -> None:
    linked = {
        link
        for panel in COMMITTED["panels"]
        for link in re.findall(r"\]\(([^)]+)\)", panel["options"]["content"])
    }
    assert len(linked) > 5
    assert linked <= {runbooks.path(alert.name) for alert in ALERTS}


def test_a_page_says_where_others_lie() -> None:
    page = "# Name\n\n## Look\n- [Down](Down.md), [the page](../kubernetes.md)\n"
    assert (
        pages.content(page) == f"## Look\n- [Down]({runbooks.path('Down')}), the page (docs/kubernetes.md)\n"
    )


def test_an_alert_says_the_whole_address(tmp_path: Path) -> None:
    """By Prometheus' own templates, with the label that its configuration has."""
    address = GRAFANA + runbooks.path(ALERT)
    assert judged(address, tmp_path) == ""
    assert "FAILED" in judged(runbooks.path(ALERT), tmp_path)


def judged(address: str, folder: Path) -> str:
    """What promtool objects to where the alert is to name that address; nothing where it agrees."""
    [alert] = [alert for alert in services.ALERTS.alerts() if alert.name == ALERT]
    rule = alert.scaled(1)
    labels = {"job": "atelier-gateway"}
    expected = {
        "exp_labels": labels | rule["labels"],
        "exp_annotations": rule["annotations"] | {"runbook_url": address},
    }
    scene = {
        "interval": "1m",
        "external_labels": {"grafana": GRAFANA},
        "input_series": [
            {
                "series": 'atelier_gateway_limit_store_failures_total{job="atelier-gateway"}',
                "values": "0+9x30",
            }
        ],
        "alert_rule_test": [{"eval_time": "20m", "alertname": ALERT, "exp_alerts": [expected]}],
    }
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "one", "rules": [rule]}]}))
    (folder / "scene.yml").write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": [scene]}))
    done = promtool.run("test", "rules", str(folder / "scene.yml"))
    return "" if done.returncode == 0 else done.stdout + done.stderr
