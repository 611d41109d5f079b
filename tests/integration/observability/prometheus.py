"""A client of Prometheus' HTTP API: as much of it as the tests ask."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

STEP_S = 1
_PAUSE_S = 0.2


class Refused(Exception):
    """Prometheus refuses the query; the text is its own."""


@dataclass(frozen=True)
class Series:
    """One curve of an answer."""

    labels: Mapping[str, str]
    values: tuple[float, ...]

    @property
    def finite(self) -> tuple[float, ...]:
        """The values that are numbers."""
        return tuple(value for value in self.values if math.isfinite(value))


class Prometheus:
    """The server at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=20)

    def close(self) -> None:
        self._client.close()

    def range(self, expression: str, begin: float, end: float) -> list[Series]:
        """The expression's curves, a value a second. Raises Refused."""
        found = self._ask(
            "/api/v1/query_range", {"query": expression, "start": begin, "end": end, "step": STEP_S}
        )
        return [
            Series(series["metric"], tuple(float(value) for _, value in series["values"]))
            for series in found["result"]
        ]

    def now(self, expression: str) -> dict[tuple[tuple[str, str], ...], float]:
        """The expression's values now, by their labels. Raises Refused."""
        found = self._ask("/api/v1/query", {"query": expression})
        return {tuple(sorted(each["metric"].items())): float(each["value"][1]) for each in found["result"]}

    def label_values(self, series: str, label: str) -> set[str]:
        """What the label is in the series that the selector finds. Raises Refused."""
        found = self._ask(f"/api/v1/label/{label}/values", {"match[]": series})
        return set(found)

    def exemplars(self, expression: str, begin: float, end: float) -> list[Mapping[str, str]]:
        """Labels of the exemplars behind the expression. Raises Refused."""
        found = self._ask("/api/v1/query_exemplars", {"query": expression, "start": begin, "end": end})
        return [exemplar["labels"] for series in found for exemplar in series["exemplars"]]

    def rules(self) -> dict[str, str]:
        """The last error of each rule by its name, empty for one that is well; raises where one was never evaluated."""
        found = self._ask("/api/v1/rules", {})
        rules = [rule for group in found["groups"] for rule in group["rules"]]
        never = [rule["name"] for rule in rules if rule["health"] == "unknown"]
        if never:
            raise LookupError(f"never evaluated: {never}")
        return {rule["name"]: rule.get("lastError", "") for rule in rules}

    def targets(self) -> dict[str, str]:
        """Health of each target by its address."""
        found = self._ask("/api/v1/targets", {"state": "active"})
        return {
            target["scrapeUrl"]: f"{target['health']} {target['lastError']}".strip()
            for target in found["activeTargets"]
        }

    def await_scrapes(self, count: int, timeout_s: float = 30.0) -> None:
        """Return once every target was scraped so often from now on. Raises TimeoutError."""
        pause = threading.Event()
        begun, targets = self._scrapes(), len(self.targets())
        for _ in range(round(timeout_s / _PAUSE_S)):
            now = self._scrapes()
            if len(now) == targets and all(now[each] >= begun.get(each, 0) + count for each in now):
                return
            pause.wait(_PAUSE_S)
        raise TimeoutError(f"not every target was scraped {count} times in {timeout_s:g} s: {self.targets()}")

    def _scrapes(self) -> dict[tuple[tuple[str, str], ...], float]:
        return self.now("count_over_time(up[1h])")

    def _ask(self, path: str, parameters: Mapping[str, Any]) -> Any:
        answer = (
            self._client.post(path, data=dict(parameters))
            if "query" in path
            else self._client.get(path, params=dict(parameters))
        )
        told = answer.json()
        if told["status"] != "success":
            raise Refused(told["error"])
        return told["data"]
