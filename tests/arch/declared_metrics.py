"""Every metric that the project's own code declares."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

import atelierkit
from tests.arch.source_tree import ROOT

ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


def declared() -> dict[str, MetricWrapperBase]:
    """The metrics of atelierkit and of every service, by their name on the metrics page."""
    services = sorted(path.parent.name for path in (ROOT / "services").glob("*/metrics.py"))
    modules = [f"services.{service}.metrics" for service in services]
    modules += [
        module.name
        for module in pkgutil.walk_packages(atelierkit.__path__, "atelierkit.")
        if ".testing" not in module.name
    ]
    found = [metric for module in modules for metric in _declared_in(module)]
    return {
        f"{name_of(metric)}{'_total' if kind_of(metric) == 'counter' else ''}": metric for metric in found
    }


def exposed() -> dict[str, MetricWrapperBase]:
    """The same by each name under which Prometheus sees them: a histogram has three."""
    return {
        name_of(metric) + ending: metric
        for metric in declared().values()
        for ending in ENDINGS[kind_of(metric)]
    }


def name_of(metric: MetricWrapperBase) -> str:
    """The name of its family: a counter's without `_total`."""
    return str(next(iter(metric.describe())).name)


def kind_of(metric: MetricWrapperBase) -> str:
    """counter, gauge or histogram."""
    return str(next(iter(metric.describe())).type)


def labels_of(metric: MetricWrapperBase) -> set[str]:
    """Names of its labels."""
    return set(metric._labelnames)


def _declared_in(module: str) -> Iterator[MetricWrapperBase]:
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, Counter | Gauge | Histogram):
            yield value
