"""How long a test waits for what must come, and how often it looks at what must be quick."""

from __future__ import annotations

PATIENCE_S = 60.0
"""Far longer than the slowest machine needs: it only ends a wait for something that never comes."""
ROUNDS = 3
"""A busy machine may blur one round; what is really slow is so in each."""
