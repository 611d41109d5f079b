"""The published JSON shapes of /v1, one module per resource."""

from __future__ import annotations
