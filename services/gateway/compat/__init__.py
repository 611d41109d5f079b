"""The inherited APIs, field for field, one module per source document."""

from __future__ import annotations
