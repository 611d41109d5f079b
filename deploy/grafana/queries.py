"""PromQL, put together from few parts, so that the same question is asked in the same words on every dashboard."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW = "$__rate_interval"
"""Grafana's own choice of a window: wide enough for four scrapes, and for the width of the picture."""


@dataclass(frozen=True)
class Job:
    """The series of the scrape jobs that `name`, a regular expression, matches, narrowed by the variables on top.

    Where a variable says "All" its value is `.*`, which matches series without that label as well: outside of
    Kubernetes there is no namespace.
    """

    name: str

    def series(self, metric: str, *matchers: str) -> str:
        """Selector of a metric; `matchers` narrow it further."""
        narrowed = (f'job=~"{self.name}"', 'namespace=~"$namespace"', 'instance=~"$instance"', *matchers)
        return f"{metric}{{{', '.join(narrowed)}}}"


def rate(series: str, by: str = "") -> str:
    """Events a second."""
    return f"sum{_by(by)} (rate({series}[{WINDOW}]))"


def total(series: str) -> str:
    """Events within the time range on the screen; 0 before the first one."""
    return or_zero(f"sum (increase({series}[$__range]))")


def sum_of(series: str, by: str = "") -> str:
    """A gauge, summed."""
    return f"sum{_by(by)} ({series})"


def or_zero(expression: str) -> str:
    """Zero where there is nothing to count: a counter is born with its first event, and nothing is no answer."""
    return f"{expression} or vector(0)"


def or_none(expression: str, **labels: str) -> str:
    """The same for a sum by labels; `labels` are those of the zero, which the legend shows."""
    nothing = "vector(0)"
    for label, value in labels.items():
        nothing = f'label_replace({nothing}, "{label}", "{value}", "", "")'
    return f"{expression} or on() {nothing}"


def share(part: str, whole: str, by: str = "") -> str:
    """Part of the events of `whole` that are also of `part`, 0 to 1; 0, not nothing, while there are none."""
    every = rate(whole, by)
    return f"{rate(part, by)} / ({every} > 0) or 0 * {every}"


def quantile(which: float, buckets: str, by: str = "") -> str:
    """Quantile of a histogram's observations; `buckets` selects its `_bucket` series."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({which:g}, {rate(buckets, labels)})"


def mean(sums: str, counts: str, by: str = "") -> str:
    """What two counters add up, divided; nothing while nothing is counted."""
    return f"{rate(sums, by)} / ({rate(counts, by)} > 0)"


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""
