"""The routes of /v1, one module per resource."""

from __future__ import annotations

from services.gateway.operations import Operation
from services.gateway.routes import (
    accounts,
    admin_audit,
    admin_credits,
    admin_jobs,
    admin_users,
    api_keys,
    avatars,
    batches,
    catalog,
    clouds,
    consents,
    credits,
    export,
    faces,
    files,
    from_photos,
    generations,
    jobs,
    measurements,
    people,
    pictures,
    sizes,
    webhooks,
)

OPERATIONS: tuple[Operation, ...] = (
    *accounts.OPERATIONS,
    *people.OPERATIONS,
    *export.OPERATIONS,
    *api_keys.OPERATIONS,
    *consents.OPERATIONS,
    *measurements.OPERATIONS,
    *files.OPERATIONS,
    *pictures.OPERATIONS,
    *batches.OPERATIONS,
    *from_photos.OPERATIONS,
    *generations.OPERATIONS,
    *avatars.OPERATIONS,
    *faces.OPERATIONS,
    *clouds.OPERATIONS,
    *catalog.OPERATIONS,
    *sizes.OPERATIONS,
    *jobs.OPERATIONS,
    *credits.OPERATIONS,
    *webhooks.OPERATIONS,
    *admin_audit.OPERATIONS,
    *admin_credits.OPERATIONS,
    *admin_jobs.OPERATIONS,
    *admin_users.OPERATIONS,
)
"""The whole published API; order decides where two paths match one address."""
