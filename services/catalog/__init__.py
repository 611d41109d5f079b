"""The catalog service: what an avatar can wear, and looks put together from it."""

from __future__ import annotations
