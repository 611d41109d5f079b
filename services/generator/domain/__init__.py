"""Avatars and the rules that hold for them; no framework, no generated message."""

from __future__ import annotations
