"""The verbs of the catalog service, by what they are about."""

from __future__ import annotations
