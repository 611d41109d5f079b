"""When to try again, and how long to wait before."""

from __future__ import annotations

import random
from dataclasses import dataclass

from atelier_client.errors import AtelierError


@dataclass(frozen=True)
class Retries:
    """Failures that may pass are tried again, with waits that double and are drawn from their upper half."""

    most: int = 4
    """Tries after the first."""
    first_s: float = 0.5
    """The first wait, at most."""
    longest_s: float = 30.0
    """The longest wait. Where the platform asks for more, the caller is told instead."""

    def wait_s(self, failures: int, error: AtelierError) -> float | None:
        """Seconds to wait after so many failures, of which that was the last; None for not again."""
        if failures > self.most or not error.retryable:
            return None
        if error.retry_after_s is not None:
            return error.retry_after_s if error.retry_after_s <= self.longest_s else None
        longest_s: float = min(self.longest_s, self.first_s * 2 ** (failures - 1))
        return random.uniform(longest_s / 2, longest_s)  # noqa: S311  spreads clients, and hides nothing
