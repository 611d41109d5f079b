"""The verbs of the auth service, by what they are about."""

from __future__ import annotations
