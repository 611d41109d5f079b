"""From what is known of a person to the points of a body, and the verbs that need no more than that."""

from __future__ import annotations

from dataclasses import dataclass

from atelierkit import failpoints
from services.generator.domain.model import BodySpec, Person, Preview, Targets
from services.generator.domain.ports import Estimator, Mesher, Network


@dataclass(frozen=True)
class EstimateMeasurements:
    """Says what the population knows about measurements that are not given."""

    estimator: Estimator

    def __call__(self, spec: BodySpec) -> Targets:
        """Raise ImplausibleMeasurements."""
        return self.estimator.complete(spec)


@dataclass(frozen=True)
class MakePerson:
    """Completes the measurements and asks the network for the points; part of creating and of previewing."""

    estimator: Estimator
    network: Network

    async def __call__(self, spec: BodySpec) -> Person:
        """Raise ImplausibleMeasurements; Unavailable when the network does not answer."""
        targets = self.estimator.complete(spec)
        points = await self.network.points(spec, targets)
        await failpoints.reach("generator.inferred")
        return Person(points, targets, self.network.version)


@dataclass(frozen=True)
class PreviewAvatar:
    """Shows the body that CreateAvatar would make."""

    make_person: MakePerson
    mesher: Mesher

    async def __call__(self, spec: BodySpec) -> Preview:
        """Raise ImplausibleMeasurements; Unavailable when network or mesher do not answer."""
        return await self.mesher.preview(await self.make_person(spec))
