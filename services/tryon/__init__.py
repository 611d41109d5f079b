"""The try-on service: which size of a garment suits a body."""

from __future__ import annotations
