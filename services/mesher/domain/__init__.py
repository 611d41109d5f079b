"""Geometry of dressed bodies: no framework, no generated message."""

from __future__ import annotations
