"""The files that are made of the rules and of the topology; a test proves that the committed ones are fresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deploy.prometheus.names import TARGETS
from deploy.prometheus.rules import scaled

FOLDER = Path(__file__).parent
_HEAD = "# Written by `python -m deploy.prometheus`; change the modules beside it.\n"
METRICS_PORT = 9464


def committed() -> dict[Path, str]:
    """Every written file of this folder, by its path."""
    return {
        FOLDER / "prometheus.yml": _yaml(configuration()),
        FOLDER / "alertmanager.yml": _yaml(routing()),
        FOLDER / "rules.yml": rules(),
        FOLDER / "prometheus-rule.yaml": _yaml(operator_rule()),
    }


def rules(speed: float = 1) -> str:
    """The rule file."""
    return _yaml(scaled(speed))


def configuration() -> dict[str, Any]:
    """Prometheus' own configuration for one machine, where services have names and no operator finds them."""
    jobs = {
        **{f"atelier-{target}": f"{target}:{METRICS_PORT}" for target in TARGETS},
        "postgres": "postgres-exporter:9187",
        "prometheus": "localhost:9090",
        "alertmanager": "alertmanager:9093",
    }
    scraped: list[dict[str, Any]] = [
        {"job_name": job, "static_configs": [{"targets": [target]}]} for job, target in jobs.items()
    ]
    # Where the generator infers by itself nobody has this name, and an absent server is not one that is down.
    scraped.append(
        {"job_name": "triton", "dns_sd_configs": [{"names": ["triton"], "type": "A", "port": 8002}]}
    )
    return {
        "global": {
            "scrape_interval": "15s",
            "evaluation_interval": "30s",
            # Prometheus takes it from its environment; it is what alerts begin the address of their runbook with.
            "external_labels": {"grafana": "${GRAFANA_URL}"},
        },
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["alertmanager:9093"]}]}]},
        "scrape_configs": scraped,
    }


def routing() -> dict[str, Any]:
    """Alertmanager's configuration for one machine: a page at once, tickets together, all by mail."""
    return {
        "global": {
            "smtp_smarthost": "mail:1025",
            "smtp_from": "alerts@atelier.example",
            "smtp_require_tls": False,
        },
        "route": {
            "receiver": "mail",
            "group_by": ["alertname"],
            "group_wait": "5m",
            "group_interval": "1h",
            "repeat_interval": "1d",
            "routes": [
                {
                    "matchers": ['severity="page"'],
                    "receiver": "mail",
                    "group_wait": "10s",
                    "group_interval": "5m",
                    "repeat_interval": "4h",
                }
            ],
        },
        "receivers": [
            {"name": "mail", "email_configs": [{"to": "operators@atelier.example", "send_resolved": True}]}
        ],
    }


def operator_rule() -> dict[str, Any]:
    """The rules for Prometheus' operator."""
    labels = {"app.kubernetes.io/name": "atelier-rules", "app.kubernetes.io/part-of": "atelier"}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "atelier", "labels": labels},
        "spec": scaled(),
    }


def _yaml(content: dict[str, Any]) -> str:
    return _HEAD + yaml.safe_dump(content, sort_keys=False, width=110, allow_unicode=True)
