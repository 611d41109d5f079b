"""Prometheus as code: what is scraped, what is recorded, what wakes whom. `python -m deploy.prometheus` writes it."""

from __future__ import annotations
