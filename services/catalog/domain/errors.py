"""The failures that the catalogue's contract names.

AppError
└── InvalidInput
    ├── UnknownCatalogItem
    ├── UnavailableVariant
    └── ConflictingGarments
"""

from __future__ import annotations

from atelierkit.errors import InvalidInput


class UnknownCatalogItem(InvalidInput):
    """A look names a garment, hairstyle or skin that the catalogue does not have."""

    reason = "UNKNOWN_CATALOG_ITEM"


class UnavailableVariant(InvalidInput):
    """A garment is not made in the size or colour that was asked for."""

    reason = "UNAVAILABLE_VARIANT"


class ConflictingGarments(InvalidInput):
    """Two garments of one outfit cover the same part of the body."""

    reason = "CONFLICTING_GARMENTS"
