"""Every service looks alike, so that a newcomer guesses a file's name before opening it."""

from __future__ import annotations

import re

import pytest
from prometheus_client import Counter, Gauge, Histogram

from tests.arch.source_tree import ROOT

GRPC_SERVICES = ("auth", "catalog", "generator", "mesher", "tryon")
SERVICES = (*GRPC_SERVICES, "gateway")
EVERYWHERE = {"__main__.py", "settings.py", "bootstrap.py", "metrics.py", "README.md"}
BEHIND_THE_GATEWAY = {"servicer", "convert", "use_cases", "domain"}
"""Modules, or packages once one has grown."""
LONGEST_MAIN = 20
METRIC_NAME = re.compile(r"atelier_[a-z]+_[a-z0-9_]+")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_files_that_every_service_has(service: str) -> None:
    folder = ROOT / "services" / service
    assert {path.name for path in folder.iterdir()} >= EVERYWHERE
    if service in GRPC_SERVICES:
        assert {path.stem for path in folder.iterdir()} >= BEHIND_THE_GATEWAY
    assert (folder / "__main__.py").read_text().count("\n") <= LONGEST_MAIN


def test_services_is_a_namespace() -> None:
    assert not (ROOT / "services" / "__init__.py").exists()
    assert {path.name for path in (ROOT / "services").iterdir() if path.is_dir()} - {"__pycache__"} == set(
        SERVICES
    )


@pytest.mark.parametrize("service", SERVICES)
def test_metrics_carry_the_service_s_prefix(service: str) -> None:
    module = __import__(f"services.{service}.metrics", fromlist=["metrics"])
    declared = [value for value in vars(module).values() if isinstance(value, Counter | Gauge | Histogram)]
    assert declared
    for metric in declared:
        described = next(iter(metric.describe()))
        assert METRIC_NAME.fullmatch(described.name)
        assert described.name.startswith(f"atelier_{service}_")
