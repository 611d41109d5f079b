"""Avatars: measurements become points here; records, recipes and receipts."""

from __future__ import annotations
