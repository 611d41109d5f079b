"""How long a test waits for what must come."""

from __future__ import annotations

PATIENCE_S = 60.0
"""Far longer than the slowest machine needs: it only ends a wait for something that never comes."""
