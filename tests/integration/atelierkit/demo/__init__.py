"""A service's database package, as small as one can be."""

from __future__ import annotations
