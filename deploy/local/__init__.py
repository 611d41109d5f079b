"""The whole platform on one machine: embedded PostgreSQL, six services and their workers."""

from __future__ import annotations

from deploy.local.platform import Platform, PlatformFailed

__all__ = ["Platform", "PlatformFailed"]
