"""An early no for inferences that could not be answered in time.

``atelierkit.admission`` counts places. A server that joins requests into batches has none to count: how
many rows it takes at once, and how fast, is seen from outside alone, in how long those before had to wait.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from atelierkit import metrics
from atelierkit.errors import Overloaded, TimedOut

QUEUE = "inference"
"""Label of the refusals in ``atelier_admission_refusals_total``."""

_TOGETHER = 2
"""Rows that are taken for the price of one, until more was seen: joining makes the released network 3.6 times
as fast on one thread, and a model that cannot be joined no faster."""
_NEWEST = 0.2
"""Weight of the newest answer in the mean: after a change of pace, ten answers are nine tenths of the way."""
_FORGET_S = 5.0
"""After a rest this long the server may be another one: nothing is known of its pace."""
_RETRY_S = (0.5, 5.0)
"""Soonest and latest time after which the refused are told to come back."""


@dataclass(eq=False)
class _Inside:
    """Rows that have no answer yet."""

    number: int
    came: float
    rows: int
    before: int
    """Rows inside when these came, these included."""

    def pace(self, took_s: float) -> float:
        """Seconds a row that this wait tells of."""
        return took_s / max(self.before, _TOGETHER)


class Backlog:
    """Knows who waits for one model, and what that means for the next.

    It belongs to one event loop. Whoever finds nobody before it is let in whatever was learned, so that
    a server that has become well again is noticed.
    """

    def __init__(self, most_rows: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_rows = most_rows
        self._clock = clock
        self._inside: dict[_Inside, None] = {}
        self._rows = 0
        self._pace_s = 0.0
        self._numbers = itertools.count()
        self._answered = -1
        self._left = 0.0
        self._refusals = {
            reason: metrics.ADMISSION_REFUSALS.labels(QUEUE, reason) for reason in ("full", "late")
        }

    @property
    def rows(self) -> int:
        """Rows that have no answer yet."""
        return self._rows

    def expected_s(self, rows: int) -> float:
        """Time until as many more rows would have their answer, as far as is known; 0 where nothing is."""
        return self._pace() * max(self._rows + rows, _TOGETHER)

    @contextmanager
    def joined(self, rows: int, limit_s: float | None) -> Iterator[None]:
        """Wait inside for an answer, which leaving the block without an error means.

        Raise Overloaded at once where too many rows wait, or the answer is not to be expected within ``limit_s``.
        """
        self._refuse_where_hopeless(rows, limit_s)
        entry = _Inside(next(self._numbers), self._clock(), rows, self._rows + rows)
        self._inside[entry] = None
        self._rows += rows
        try:
            yield
        except (TimeoutError, TimedOut):
            # No answer, but one would have taken longer than this.
            self._pace_s = max(self._pace_s, entry.pace(self._clock() - entry.came))
            raise
        else:
            self._learn(entry)
        finally:
            del self._inside[entry]
            self._rows -= rows
            self._left = self._clock()

    def _refuse_where_hopeless(self, rows: int, limit_s: float | None) -> None:
        if not self._inside:
            if self._clock() - self._left > _FORGET_S:
                self._pace_s = 0.0
            return
        expected_s = self.expected_s(rows)
        if self._rows + rows > self._most_rows:
            raise self._refusal("full", expected_s)
        if limit_s is not None and expected_s > limit_s:
            raise self._refusal("late", expected_s - limit_s)

    def _pace(self) -> float:
        """Seconds a row: what answers told, or what the wait of the first in line tells already."""
        # Who was overtaken is no sign: it is stuck for reasons of its own.
        first = next((entry for entry in self._inside if entry.number > self._answered), None)
        waited_s = 0.0 if first is None else first.pace(self._clock() - first.came)
        return max(self._pace_s, waited_s)

    def _learn(self, entry: _Inside) -> None:
        pace_s = entry.pace(self._clock() - entry.came)
        self._pace_s += (_NEWEST if self._pace_s else 1.0) * (pace_s - self._pace_s)
        self._answered = max(self._answered, entry.number)

    def _refusal(self, reason: str, wait_s: float) -> Overloaded:
        self._refusals[reason].inc()
        soonest, latest = _RETRY_S
        return Overloaded("too many inferences are waiting", retry_after_s=min(max(wait_s, soonest), latest))
