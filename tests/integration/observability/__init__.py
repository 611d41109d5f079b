"""What the platform tells of itself, seen by real programs that watch. A package, so that a fixture can be its own."""

from __future__ import annotations
