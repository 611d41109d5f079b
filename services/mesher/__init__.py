"""The mesher: canonical points become a measured, rigged, dressed mesh in a GLB."""

from __future__ import annotations
