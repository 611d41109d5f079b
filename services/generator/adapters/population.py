"""The estimator: the population statistics of ``anthropometry``."""

from __future__ import annotations

import math
from collections.abc import Sequence

from anthropometry.measurements import NAMES
from anthropometry.plausibility import Implausibility, check
from anthropometry.population import Population
from atelierkit.errors import FieldFault
from services.generator.domain.errors import ImplausibleMeasurements
from services.generator.domain.model import BodySpec, Interval, Source, Target, Targets, Weight


class PopulationEstimator:
    """Completes measurements from a population, and refuses those that fit nobody in it."""

    def __init__(self, population: Population) -> None:
        self._population = population

    def complete(self, spec: BodySpec) -> Targets:
        misfits = check(spec.measurements_mm, self._population)
        if misfits:
            raise ImplausibleMeasurements([_fault(misfit) for misfit in misfits])
        estimate = self._population.estimate(
            spec.measurements_mm, spec.body_type.value, weight_kg=spec.weight_kg, age=spec.age
        )
        return tuple(
            Target(name, value, Source.ASKED if asked else Source.ESTIMATED, Interval(*interval))
            for name, value, asked, interval in zip(
                NAMES,
                estimate.values_mm.tolist(),
                estimate.asked.tolist(),
                estimate.interval_mm.tolist(),
                strict=True,
            )
        )

    def weight(self, spec: BodySpec, delivered_mm: Sequence[float]) -> Weight:
        median, low, high = self._population.weight(delivered_mm, spec.body_type.value, spec.age)
        return Weight(spec.weight_kg, median, Interval(low, high))


def _fault(misfit: Implausibility) -> FieldFault:
    return FieldFault(
        field=f"body.measurements.{misfit.name}_mm",
        code="measurement.implausible",
        message="this does not fit the other measurements",
        # Rounded inwards: both ends are themselves accepted.
        limit=f"{math.ceil(misfit.low_mm)}..{math.floor(misfit.high_mm)} mm",
    )
