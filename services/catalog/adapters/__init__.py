"""The ports' real implementations, and their twins in memory."""

from __future__ import annotations
