"""Side-by-side measurements, each with a table in `benchmarks/results/`."""

from __future__ import annotations
