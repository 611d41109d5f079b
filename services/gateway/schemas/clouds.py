"""Scans: what is uploaded, what is found."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.gateway.schemas.avatars import BesideLine
from services.gateway.schemas.base import Output, Query

CloudFormat = Literal["ply", "xyz", "obj"]


class CloudQuery(Query):
    """How an upload is read; the fields of a form say the same."""

    with_body: bool = Field(default=False, alias="register")
    """Whether the template is fitted to it, which measures it and gives it a skeleton; it must be a person then."""
    format: CloudFormat | None = None
    """What the file is; where it is left out, its Content-Type and its first bytes tell."""


class ScanReport(Output):
    """What a scan was found to be."""

    point_count: int
    """Points in the upload."""
    outlier_count: int
    """Points that were dropped as outliers."""
    metres_per_unit: float
    """Unit of the upload, as guessed from its height."""
    height_mm: float
    vertex_count: int
    """Vertices of the watertight mesh."""
    face_count: int
    """Triangles of the watertight mesh."""
    watertight: bool
    """Every edge of the mesh belongs to two triangles."""
    volume_l: float
    """Litres inside the mesh."""


class FittedLine(BesideLine):
    """What the tape reads on the fitted body in the standing pose."""


class Registration(Output):
    """The template fitted to a scan."""

    score: float
    """How well the scan is explained by a person, 0 to 1."""
    mean_distance_mm: float
    """Mean distance of the scan from the fitted body, of what is within 30 mm."""
    inlier_share: float
    """Share of the scan within 10 mm of the fitted body."""
    measurements: list[FittedLine]
    """The 15, in their order."""
    beside: list[BesideLine]
    volume_l: float
    """Litres inside the fitted body's skin."""
    surface_area_m2: float
    """Square metres of its skin."""


class ScanLinks(Output):
    """Where the scan's resources lie."""

    self: str
    mesh: str
    """The watertight mesh, as PLY."""
    body: str | None
    """The fitted body as a rigged GLB; null where none was asked for."""


class Scan(Output):
    """A scan."""

    id: str
    created_at: datetime
    report: ScanReport
    registration: Registration | None
    """Null where none was asked for."""
    links: ScanLinks
