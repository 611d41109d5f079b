"""What the mesher refuses."""

from __future__ import annotations

from atelierkit.errors import InvalidInput


class MeasurementMissing(InvalidInput):
    """A target measurement is not set: a body is built from all 15."""


class PointsNotABody(InvalidInput):
    """The points do not lie on any body of the shape space."""
