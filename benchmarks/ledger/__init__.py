"""The ledger against a model of it: long random walks in PostgreSQL."""

from __future__ import annotations
