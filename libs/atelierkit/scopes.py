"""What an API key may be allowed to do. A person's own session may do everything, and names none of these.

This module imports the standard library only, so that a domain may depend on it.
"""

from __future__ import annotations

import enum


class Scope(enum.StrEnum):
    """A word in the ``scope`` claim of an access token, and in ``(atelier.common.v1.scopes)`` of a method."""

    AVATARS_READ = "avatars:read"
    AVATARS_WRITE = "avatars:write"
    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    CATALOG_READ = "catalog:read"
    CREDITS_READ = "credits:read"
    ACCOUNT_READ = "account:read"
