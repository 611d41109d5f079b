"""The proto services that the mesher offers, one module each: decode, one verb, encode."""

from __future__ import annotations
