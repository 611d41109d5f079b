"""Places at work, a short queue before them, and an early no for whoever could not be served in time.

A queue without a limit answers nobody: under more load than there are hands, each request waits until
its caller has gone, and the work is done for no one. Here a request that would wait too long is refused
before it costs anything, so that those who are let in are served as fast as without the crowd.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from atelierkit import context, metrics
from atelierkit.errors import Overloaded

_NEWEST = 0.2
"""Weight of the newest piece of work in the mean: the first, in a cold process, may take fifty times as long."""
_SOONEST_RETRY_S = 1.0
_UNDER_STRAIN = 2
"""A process that cannot keep up gives one place in two: as much work is done by fewer at a time, and waits less."""


@dataclass(frozen=True)
class Limits:
    """How much is taken in."""

    places: int
    """Pieces of work done at a time."""
    most_waiting: int = 64
    """Pieces that wait at most; 0 for none."""
    longest_wait_s: float = 1.0
    """Who would have to wait longer is refused at once."""
    usual_s: float = 0.1
    """Time that one piece takes, as far as known before the first was measured."""


@dataclass(eq=False)
class _Ticket:
    """Someone who waits; ``turn`` is done once a place is theirs."""

    kind: str
    turn: asyncio.Future[None]


class Admission:
    """Lets work in, first come first served. ``name`` is the queue's label in the metrics.

    Pieces of one ``kind`` take about the same time; the means of the kinds at hand tell how long a
    newcomer would wait. While the process is ``strained``, fewer places are given. It belongs to one
    event loop.
    """

    def __init__(
        self,
        name: str,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        strained: Callable[[], bool] = lambda: False,
    ) -> None:
        self._limits = limits
        self._strained = strained
        self._clock = clock
        self._usual: dict[str, float] = {}
        self._at_work: dict[str, int] = {}
        self._busy = 0
        self._waiting: deque[_Ticket] = deque()
        metrics.ADMISSION_BUSY.labels(name).set_function(lambda: self._busy)
        metrics.ADMISSION_PLACES.labels(name).set_function(lambda: self.places)
        self._waiting_gauge = metrics.ADMISSION_WAITING.labels(name)
        self._wait_seconds = metrics.ADMISSION_WAIT.labels(name)
        self._refusals = {
            reason: metrics.ADMISSION_REFUSALS.labels(name, reason) for reason in ("full", "slow", "late")
        }

    @property
    def places(self) -> int:
        """Pieces that may be at work now."""
        if self._strained():
            return max(1, self._limits.places // _UNDER_STRAIN)
        return self._limits.places

    @property
    def busy(self) -> int:
        """Pieces at work now."""
        return self._busy

    @property
    def waiting(self) -> int:
        """Pieces that wait now."""
        return len(self._waiting)

    def usual_s(self, kind: str = "") -> float:
        """Moving mean of the time that a piece of this kind takes."""
        return self._usual.get(kind, self._limits.usual_s)

    def expected_wait_s(self) -> float:
        """How long a newcomer would wait: what stands before it, and half of what is at work, shared by the places."""
        if self._free():
            return 0.0
        at_work = sum(self.usual_s(kind) * count for kind, count in self._at_work.items())
        before = sum(self.usual_s(ticket.kind) for ticket in self._waiting)
        return (before + at_work / 2) / self.places

    @asynccontextmanager
    async def place(self, kind: str = "") -> AsyncIterator[None]:
        """Work in the block, in a place of one's own.

        Raise Overloaded, at once where it can be foreseen: the queue is full, the wait would be too long, or
        the request's deadline would pass before the work is done.
        """
        await self._enter(kind)
        started = self._clock()
        try:
            yield
        finally:
            self._learn(kind, self._clock() - started)
            self._leave(kind)

    def check(self, kind: str = "") -> None:
        """Raise Overloaded where `place` would refuse at once: a look ahead, before the request's body is read.

        With a place free nobody is refused, however slow the work has become: only work teaches that it is fast again.
        """
        if self._free():
            return
        wait_s = self.expected_wait_s()
        if len(self._waiting) >= self._limits.most_waiting:
            raise self._refusal("full", wait_s)
        if wait_s > self._limits.longest_wait_s:
            raise self._refusal("slow", wait_s)
        if self._too_late(wait_s + self.usual_s(kind)):
            raise self._refusal("late", wait_s)

    async def _enter(self, kind: str) -> None:
        self.check(kind)
        if self._free():
            self._begin(kind)
            self._wait_seconds.observe(0.0)
        else:
            await self._queue(kind)

    async def _queue(self, kind: str) -> None:
        """Wait for a place that someone hands over."""
        ticket = _Ticket(kind, asyncio.get_running_loop().create_future())
        came = self._clock()
        self._waiting.append(ticket)
        self._waiting_gauge.inc()
        try:
            async with asyncio.timeout(context.remaining_s()):
                await ticket.turn
            # It came later than was foreseen: work that nobody waits for to its end helps nobody.
            if self._too_late(self.usual_s(kind)):
                raise TimeoutError
        except TimeoutError as error:
            self._gone(ticket)
            raise self._refusal("late", self.expected_wait_s()) from error
        except BaseException:
            self._gone(ticket)
            raise
        self._wait_seconds.observe(self._clock() - came)

    @staticmethod
    def _too_late(needed_s: float) -> bool:
        """Whether the request's deadline passes before that time has."""
        remaining_s = context.remaining_s()
        return remaining_s is not None and remaining_s < needed_s

    def _gone(self, ticket: _Ticket) -> None:
        """Who waited has left: out of the queue or, when a place was handed over in that moment, out of the place."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
            self._waiting_gauge.dec()
        else:
            self._leave(ticket.kind)

    def _free(self) -> bool:
        return not self._waiting and self._busy < self.places

    def _begin(self, kind: str) -> None:
        self._busy += 1
        self._at_work[kind] = self._at_work.get(kind, 0) + 1

    def _leave(self, kind: str) -> None:
        """Free the place, and give those that are free to who waits."""
        self._busy -= 1
        self._at_work[kind] -= 1
        while self._waiting and self._busy < self.places:
            ticket = self._waiting.popleft()
            self._waiting_gauge.dec()
            self._begin(ticket.kind)
            # A waiter that was cancelled just now finds itself out of the queue, and leaves the place in `_gone`.
            if not ticket.turn.done():
                ticket.turn.set_result(None)

    def _learn(self, kind: str, took_s: float) -> None:
        mean = self.usual_s(kind)
        self._usual[kind] = mean + _NEWEST * (took_s - mean)

    def _refusal(self, reason: str, wait_s: float) -> Overloaded:
        self._refusals[reason].inc()
        return Overloaded("too much is waiting", retry_after_s=max(_SOONEST_RETRY_S, wait_s))
