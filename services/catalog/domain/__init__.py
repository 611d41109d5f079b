"""What the catalog service is about, without any framework."""

from __future__ import annotations
