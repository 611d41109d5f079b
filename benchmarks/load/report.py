"""What the samples of one run say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.load.generator import LOST, Sample
from benchmarks.load.plan import Plan

GOOD_WITHIN_MS = 2000.0
"""An answer that takes longer, from when its request was due, helps nobody any more: it is no good-put."""
_REFUSED = frozenset({429, 503})


@dataclass(frozen=True)
class Outcome:
    """One run of the load."""

    plan: Plan
    samples: Sequence[Sample]
    client_cpu_s: float

    def good(self, scenario: str | None = None) -> list[Sample]:
        """Requests served in time; of one scenario, where it is named."""
        return [
            sample
            for sample in self.samples
            if scenario in (None, sample.scenario)
            and LOST < sample.status < 400
            and sample.latency_ms <= GOOD_WITHIN_MS
        ]

    @property
    def offered(self) -> float:
        """Arrivals a second, as drawn."""
        return len(self.samples) / self.plan.seconds

    @property
    def goodput(self) -> float:
        """Requests served in time, a second."""
        return len(self.good()) / self.plan.seconds

    def work(self, cpu_ms: Mapping[str, float]) -> float:
        """CPU seconds of useful work a second: requests served in time, by what each costs on an idle platform."""
        return sum(cpu_ms[sample.scenario] for sample in self.good()) / 1e3 / self.plan.seconds

    @property
    def refused(self) -> list[Sample]:
        """Requests that were told to come back."""
        return [sample for sample in self.samples if sample.status in _REFUSED]

    @property
    def statuses(self) -> dict[str, int]:
        """Requests by status; `lost` got no answer."""
        counts = Counter("lost" if sample.status == LOST else str(sample.status) for sample in self.samples)
        return dict(sorted(counts.items()))


def quantiles_ms(samples: Iterable[Sample]) -> dict[str, float]:
    """Exact quantiles of the latency, from every sample."""
    latencies = [sample.latency_ms for sample in samples]
    if not latencies:
        return {}
    found = np.quantile(latencies, (0.5, 0.9, 0.99, 1.0), method="higher").tolist()
    return {name: round(value, 1) for name, value in zip(("p50", "p90", "p99", "max"), found, strict=True)}


def offered_by(plan: Plan) -> Outcome:
    """Run the plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load.generator"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    return Outcome(plan, [Sample(**sample) for sample in answer["samples"]], answer["cpu_s"])
