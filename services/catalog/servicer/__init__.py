"""The proto services that the catalogue offers, one module each: decode, one verb, encode."""

from __future__ import annotations
