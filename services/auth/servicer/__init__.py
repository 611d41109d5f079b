"""The proto services that auth offers, one module each: decode, one verb, encode."""

from __future__ import annotations
