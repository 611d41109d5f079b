"""The generator's ports, met by PostgreSQL, the object store, the inference port and two neighbours."""

from __future__ import annotations
