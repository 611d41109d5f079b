"""The verbs of the mesher, by what they are about."""

from __future__ import annotations
