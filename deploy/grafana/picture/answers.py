"""What Prometheus answers to a dashboard's queries."""

from __future__ import annotations

import json
import math
import re
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TIMEOUT_S = 20.0


class Refused(Exception):
    """Prometheus refuses the query; the text is its own."""


@dataclass(frozen=True)
class Span:
    """The time on the screen, in seconds of the clock, and the distance of two values."""

    begin: float
    end: float
    step_s: float


@dataclass(frozen=True)
class Series:
    """One curve of an answer."""

    labels: Mapping[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def finite(self) -> tuple[float, ...]:
        """The values that are numbers."""
        return tuple(value for value in self.values if math.isfinite(value))


def ask(prometheus: str, path: str, **parameters: Any) -> Any:
    """The data of an answer of Prometheus' HTTP API. Raises Refused; OSError where it does not answer."""
    query = urllib.parse.urlencode(parameters, doseq=True)
    try:
        with urllib.request.urlopen(f"{prometheus}/api/v1/{path}?{query}", timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the caller's own Prometheus
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error)["error"]) from error


def curves(prometheus: str, expression: str, span: Span) -> list[Series]:
    """The expression's values over time. Raises Refused."""
    found = ask(prometheus, "query_range", query=expression, start=span.begin, end=span.end, step=span.step_s)
    return [
        Series(
            series["metric"],
            tuple(float(time) for time, _ in series["values"]),
            tuple(float(value) for _, value in series["values"]),
        )
        for series in found["result"]
    ]


def filled(text: str, variables: Mapping[str, str]) -> str:
    """A query with Grafana's variables replaced."""
    return re.sub(r"\$(\w+)", lambda found: variables.get(found[1], found[0]), text)


def named(legend: str, labels: Mapping[str, str]) -> str:
    """The legend with its labels filled in."""
    return re.sub(r"{{\s*(\w+)\s*}}", lambda found: labels.get(found[1], ""), legend)
