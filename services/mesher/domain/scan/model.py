"""What is told about a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.mesher.domain.body import Measured
from services.mesher.domain.model import Quantities, Reading, StoredBlob
from services.mesher.domain.scan.person import Person
from services.mesher.domain.scan.reconstruct import Reconstruction

_MM = 1000.0
_LITRES = 1000.0


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan was found to be."""

    point_count: int
    """Points in the upload."""
    outlier_count: int
    """Points that were dropped as outliers."""
    metres_per_unit: float
    height_mm: float
    """Of the upright mesh."""
    vertex_count: int
    face_count: int
    watertight: bool
    volume_l: float

    @classmethod
    def of(cls, made: Reconstruction) -> ScanReport:
        """The report on a reconstruction."""
        return cls(
            point_count=made.point_count,
            outlier_count=made.outlier_count,
            metres_per_unit=made.metres_per_unit,
            height_mm=float(np.ptp(made.solid.vertices[:, 1])) * _MM,
            vertex_count=len(made.solid.vertices),
            face_count=len(made.solid.faces),
            watertight=made.solid.closed,
            volume_l=made.solid.volume * _LITRES,
        )


@dataclass(frozen=True, slots=True)
class Registration:
    """The template fitted to a scan."""

    score: float
    """0 to 1."""
    mean_distance_mm: float
    inlier_share: float
    readings: Sequence[Reading]
    """The 15 in their order, then those reported beside them, in the standing pose."""
    quantities: Quantities

    @classmethod
    def of(cls, person: Person, measured: Measured) -> Registration:
        """A person and what the tape reads on them."""
        return cls(
            score=person.score,
            mean_distance_mm=person.mean_distance_m * _MM,
            inlier_share=person.inlier_share,
            readings=measured.readings,
            quantities=measured.quantities,
        )


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan became."""

    report: ScanReport
    mesh: StoredBlob
    """The watertight mesh."""
    registration: Registration | None
    body: StoredBlob | None
    """The fitted body, rigged."""
