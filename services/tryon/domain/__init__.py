"""What the try-on service is about, without any framework."""

from __future__ import annotations
