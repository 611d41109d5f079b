"""What a scan is: what was found in an uploaded cloud, and the files that were made of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.generator.domain.model import Quantities, Reading, StoredFile


class CloudFormat(enum.StrEnum):
    """What an uploaded cloud is written in."""

    PLY = "ply"
    XYZ = "xyz"
    OBJ = "obj"


@dataclass(frozen=True)
class ScanReport:
    """What a scan was found to be."""

    point_count: int
    outlier_count: int
    metres_per_unit: float
    height_mm: float
    vertex_count: int
    face_count: int
    watertight: bool
    volume_l: float


@dataclass(frozen=True)
class Registration:
    """The template fitted to a scan."""

    score: float
    """How well a person explains the scan, 0 to 1."""
    mean_distance_mm: float
    inlier_share: float
    readings: tuple[Reading, ...]
    """The 15 in their order, then those reported beside them, on the fitted body in the standing pose."""
    quantities: Quantities


@dataclass(frozen=True)
class ScanBuild:
    """What the mesher made of a cloud."""

    report: ScanReport
    mesh: StoredFile
    """The watertight mesh."""
    registration: Registration | None = None
    body: StoredFile | None = None
    """The fitted body, rigged; there with the registration."""

    def files(self) -> tuple[StoredFile, ...]:
        """Every object that is there."""
        return (self.mesh,) if self.body is None else (self.mesh, self.body)


@dataclass(frozen=True)
class Scan:
    """A scan of one person."""

    id: UUID
    owner: str
    """Subject of the account that uploaded it."""
    build: ScanBuild
    created_at: datetime
