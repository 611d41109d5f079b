"""The whole platform on one machine: embedded PostgreSQL and six processes."""

from __future__ import annotations

from deploy.local.platform import Platform, PlatformFailed

__all__ = ["Platform", "PlatformFailed"]
