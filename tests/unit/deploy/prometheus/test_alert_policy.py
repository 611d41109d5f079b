"""What every alert has, and that what it is made of exists: a metric that is renamed must not silence an alert."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from atelierkit.settings import DatabaseSettings
from deploy.prometheus import files
from deploy.prometheus.model import Alert, Recording
from deploy.prometheus.names import SERVICES
from deploy.prometheus.objectives import JOURNEYS, Journey
from deploy.prometheus.rules import ALERTS, GROUPS
from tests.arch.declared_metrics import exposed, labels_of

ROOT = files.FOLDER.parents[1]
RUNBOOKS = ROOT / "docs" / "runbooks"
SECTIONS = (
    "## What it means",
    "## Look",
    "## Likely causes",
    "## What to do",
    "## How to know that it is over",
)

FOREIGN = {
    "up": "Prometheus itself",
    "process_start_time_seconds": "prometheus_client",
    "process_open_fds": "prometheus_client",
    "process_max_fds": "prometheus_client",
    "prometheus_rule_evaluation_failures_total": "Prometheus itself",
    "prometheus_notifications_errors_total": "Prometheus itself",
    "pg_up": "postgres_exporter",
    "pg_stat_activity_count": "postgres_exporter",
    "pg_settings_max_connections": "postgres_exporter",
    "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp": "CloudNativePG's Barman plug-in",
    "cnpg_pg_stat_archiver_last_failed_time": "CloudNativePG",
    "cnpg_pg_stat_archiver_last_archived_time": "CloudNativePG",
    "cnpg_pg_replication_lag": "CloudNativePG",
    "nv_inference_request_success": "Triton",
    "nv_inference_request_failure": "Triton",
    "nv_inference_queue_duration_us": "Triton",
    "DCGM_FI_DEV_FB_USED": "dcgm-exporter",
    "DCGM_FI_DEV_FB_FREE": "dcgm-exporter",
    "DCGM_FI_DEV_GPU_TEMP": "dcgm-exporter",
    "DCGM_FI_DEV_GPU_UTIL": "dcgm-exporter",
    "DCGM_FI_DEV_XID_ERRORS": "dcgm-exporter",
    "certmanager_certificate_renewal_timestamp_seconds": "cert-manager",
    "kube_pod_start_time": "kube-state-metrics",
    "kube_pod_status_ready": "kube-state-metrics",
    "kube_pod_status_phase": "kube-state-metrics",
    "kube_pod_container_status_waiting_reason": "kube-state-metrics",
    "kube_pod_container_status_last_terminated_reason": "kube-state-metrics",
    "kube_pod_container_status_restarts_total": "kube-state-metrics",
    "kube_pod_container_resource_limits": "kube-state-metrics",
    "kube_deployment_spec_replicas": "kube-state-metrics",
    "kube_deployment_status_replicas_available": "kube-state-metrics",
    "kube_horizontalpodautoscaler_status_current_replicas": "kube-state-metrics",
    "kube_horizontalpodautoscaler_spec_max_replicas": "kube-state-metrics",
    "kube_job_status_failed": "kube-state-metrics",
    "container_memory_working_set_bytes": "kubelet",
    "kubelet_volume_stats_available_bytes": "kubelet",
    "kubelet_volume_stats_capacity_bytes": "kubelet",
}
"""Metrics of others that the rules use, and who exports them."""

# Words of PromQL, of matchers and of label lists are no metrics; what stands before `{` or alone is.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABELS = re.compile(r"\{[^}]*\}|\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])")
_WORDS = {"and", "or", "unless", "bool", "offset", "by", "on", "without", "group_left", "group_right"}
_SELECTOR = re.compile(r"(atelier_[a-z0-9_]+)\{([^}]*)\}")
_TARGETS_LABELS = {"job", "instance", "namespace", "le"}


def metrics_in(expr: str) -> set[str]:
    """Names of the series that an expression reads."""
    bare = re.sub(r"\[[^\]]*\]", "", _LABELS.sub("", _QUOTED.sub('""', expr)))
    return {name for name in _NAME.findall(bare) if name not in _WORDS}


def test_every_metric_in_a_rule_exists() -> None:
    known = exposed().keys() | FOREIGN.keys()
    recorded = {rule.record for group in GROUPS for rule in group.rules if isinstance(rule, Recording)}
    used = {name for group in GROUPS for rule in group.rules for name in metrics_in(rule.expr)}
    assert used - known - recorded == set()
    assert FOREIGN.keys() - used == set(), "named, and used nowhere"


def test_a_metric_that_does_not_exist_would_be_found() -> None:
    expr = (
        'sum by (le, job) (rate(atelier_a_total{x="atelier_b"}[5m])) / on (job) atelier_c > bool 0 unless up'
    )
    assert metrics_in(expr) == {"atelier_a_total", "atelier_c", "up"}


def test_every_label_in_a_selector_is_one_of_the_metric() -> None:
    known, seen = exposed(), 0
    for group in GROUPS:
        for rule in group.rules:
            for metric, matchers in _SELECTOR.findall(rule.expr):
                labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", _QUOTED.sub('""', matchers)))
                assert labels - labels_of(known[metric]) - _TARGETS_LABELS == set(), (metric, rule)
                seen += 1
    assert seen > 50


def test_names_are_said_once() -> None:
    names = [alert.name for alert in ALERTS]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"([A-Z][a-z]+)+", name) for name in names)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_says_who_is_told_what_and_where_to_read_on(alert: Alert) -> None:
    written = alert.scaled(1)
    assert written["labels"]["severity"] in {"page", "ticket"}
    assert all(len(written["annotations"][key]) > 20 for key in ("summary", "description"))
    assert f"/{alert.name}?" in written["annotations"]["runbook_url"]
    page = (RUNBOOKS / f"{alert.name}.md").read_text()
    assert page.startswith(f"# {alert.name}\n")
    assert [line for line in page.splitlines() if line.startswith("## ")] == list(SECTIONS)


def test_every_runbook_belongs_to_an_alert() -> None:
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == {alert.name for alert in ALERTS}


def test_what_a_runbook_names_exists() -> None:
    """Metrics by their name, settings by their variable, pages by their link."""
    known = exposed().keys() | {name.removesuffix("_bucket") for name in exposed()}
    recorded = {
        rule.record.split(":")[1] for group in GROUPS for rule in group.rules if isinstance(rule, Recording)
    }
    fields = {field.upper() for model in _settings() for field in model.model_fields}
    for path in RUNBOOKS.glob("*.md"):
        text = path.read_text()
        named = set(re.findall(r"(?<![\w:])atelier_[a-z0-9_]+", text))
        assert named - known - recorded == set(), path.name
        settings = set(re.findall(r"ATELIER_(?:<SERVICE>|[A-Z]+)_([A-Z_]+)", text))
        assert settings - fields == set(), path.name
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert (path.parent / link).exists(), f"{path.name} -> {link}"


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
def test_the_page_of_promises_says_what_is_counted(journey: Journey) -> None:
    name = journey.name.replace("_", " ")
    [row] = [
        line for line in (ROOT / "docs" / "slo.md").read_text().splitlines() if line.startswith(f"| {name} |")
    ]
    *_, available, within, _ = (cell.strip() for cell in row.split("|"))
    assert available == f"{journey.available * 100:g} %"
    assert within.startswith(f"{float(journey.within_s):g} s" if journey.within_s else "nothing")


def _settings() -> Iterator[type[BaseModel]]:
    for service in SERVICES:
        for value in vars(importlib.import_module(f"services.{service}.settings")).values():
            if isinstance(value, type) and issubclass(value, BaseModel):
                yield value
    yield DatabaseSettings
