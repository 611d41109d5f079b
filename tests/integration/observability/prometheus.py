"""A client of Prometheus' HTTP API: as much of it as the tests ask."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from deploy.grafana.picture import answers
from deploy.grafana.picture.answers import Series, Span

STEP_S = 1.0
_PAUSE_S = 0.2

_Labels = tuple[tuple[str, str], ...]


class Prometheus:
    """The server at `url`, which has so many targets to ask: it finds them some seconds after its start."""

    def __init__(self, url: str, targets: int) -> None:
        self.url = url
        self._targets = targets

    def range(self, expression: str, begin: float, end: float) -> list[Series]:
        """The expression's curves, a value a second. Raises Refused."""
        return answers.curves(self.url, expression, Span(begin, end, STEP_S))

    def now(self, expression: str) -> dict[_Labels, float]:
        """The expression's values now, by their labels. Raises Refused."""
        found = answers.ask(self.url, "query", query=expression)
        return {tuple(sorted(each["metric"].items())): float(each["value"][1]) for each in found["result"]}

    def label_values(self, series: str, label: str) -> set[str]:
        """What the label is in the series that the selector finds. Raises Refused."""
        return set(answers.ask(self.url, f"label/{label}/values", **{"match[]": series}))

    def exemplars(self, expression: str, begin: float, end: float) -> list[Mapping[str, str]]:
        """Labels of the exemplars behind the expression. Raises Refused."""
        found = answers.ask(self.url, "query_exemplars", query=expression, start=begin, end=end)
        return [exemplar["labels"] for series in found for exemplar in series["exemplars"]]

    def rules(self) -> dict[str, str]:
        """The last error of each rule by its name, empty for one that is well; raises where one was never evaluated."""
        rules = [rule for group in answers.ask(self.url, "rules")["groups"] for rule in group["rules"]]
        never = [rule["name"] for rule in rules if rule["health"] == "unknown"]
        if never:
            raise LookupError(f"never evaluated: {never}")
        return {rule["name"]: rule.get("lastError", "") for rule in rules}

    def targets(self) -> dict[str, str]:
        """Health of each target by its address."""
        found = answers.ask(self.url, "targets", state="active")
        return {
            target["scrapeUrl"]: f"{target['health']} {target['lastError']}".strip()
            for target in found["activeTargets"]
        }

    def await_scrapes(self, count: int, timeout_s: float = 30.0) -> None:
        """Return once every target answered so often from now on. Raises TimeoutError."""
        pause = threading.Event()
        begun = self._scrapes()
        for _ in range(round(timeout_s / _PAUSE_S)):
            now = self._scrapes()
            if len(now) == self._targets and all(now[each] >= begun.get(each, 0) + count for each in now):
                return
            pause.wait(_PAUSE_S)
        raise TimeoutError(f"not every target answered {count} times in {timeout_s:g} s: {self.targets()}")

    def _scrapes(self) -> dict[_Labels, float]:
        # Not count_over_time: on a busy machine an answer may come too late.
        return self.now("sum_over_time(up[1h])")
