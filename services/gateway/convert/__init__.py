"""Pure functions between the published JSON shapes and the messages of the services."""

from __future__ import annotations
