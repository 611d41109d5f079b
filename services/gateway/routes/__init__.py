"""The routes of /v1, one module per resource."""

from __future__ import annotations

from services.gateway.operations import Operation
from services.gateway.routes import (
    accounts,
    admin_audit,
    admin_credits,
    api_keys,
    avatars,
    catalog,
    clouds,
    consents,
    credits,
    files,
    measurements,
    sizes,
)

OPERATIONS: tuple[Operation, ...] = (
    *accounts.OPERATIONS,
    *api_keys.OPERATIONS,
    *consents.OPERATIONS,
    *measurements.OPERATIONS,
    *files.OPERATIONS,
    *avatars.OPERATIONS,
    *clouds.OPERATIONS,
    *catalog.OPERATIONS,
    *sizes.OPERATIONS,
    *credits.OPERATIONS,
    *admin_audit.OPERATIONS,
    *admin_credits.OPERATIONS,
)
"""The whole published API; order decides where two paths match one address."""
