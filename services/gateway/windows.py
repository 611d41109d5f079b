"""Where requests are counted: in this process, or in a Redis or Valkey that all gateways share.

The library `limits` was tried and left: its memory asks after every key in a thread of its own each time, 0.6 ms of CPU a
request with a thousand callers (here 0.002), its Redis takes two round trips where one does, and no test can set its clock.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from atelierkit import logs
from services.gateway import metrics
from services.gateway.limits import Policy, Share, Windows

Clock = Callable[[], float]
"""Seconds since the epoch, which all gateways agree upon."""

_MOST_CALLERS = 100_000
"""Callers that are remembered in memory, about 50 MB; beyond them the one that was away longest begins anew."""
_SWEPT_AT_ONCE = 2
_STORE_TIMEOUT_S = 0.25
_AWAY_S = 1.0
"""How long a store that failed is left alone."""
_PREFIX = "atelier:limits:"

# One round trip, and nobody comes between: a list of times, the oldest first.
_TAKE = """
local now, quota, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local oldest = redis.call('lindex', KEYS[1], 0)
while oldest and tonumber(oldest) <= now - window do
  redis.call('lpop', KEYS[1])
  oldest = redis.call('lindex', KEYS[1], 0)
end
local count = redis.call('llen', KEYS[1])
if count >= quota then return {0, count, oldest} end
redis.call('rpush', KEYS[1], ARGV[1])
redis.call('expire', KEYS[1], window)
return {1, count + 1, oldest or ARGV[1]}
"""

_log = logs.get_logger(__name__)


class MemoryWindows:
    """Times of requests by caller, the caller that was away longest first."""

    def __init__(self, clock: Clock = time.time, most_callers: int = _MOST_CALLERS) -> None:
        self._clock = clock
        self._most_callers = most_callers
        self._taken: OrderedDict[str, tuple[int, deque[float]]] = OrderedDict()

    async def take(self, key: str, policy: Policy) -> Share:
        now = self._clock()
        _, times = self._taken.get(key, (0, deque[float]()))
        while times and times[0] <= now - policy.window_s:
            times.popleft()
        allowed = len(times) < policy.quota
        if allowed:
            times.append(now)
        self._taken[key] = policy.window_s, times
        self._taken.move_to_end(key)
        self._sweep(now)
        return _share(policy, now, len(times), times[0], allowed=allowed)

    def _sweep(self, now: float) -> None:
        """Forget a few callers that have not come for a window: more than one request adds."""
        for _ in range(_SWEPT_AT_ONCE):
            key, (window_s, times) = next(iter(self._taken.items()))
            if times[-1] > now - window_s and len(self._taken) <= self._most_callers:
                return
            del self._taken[key]


class StoredWindows:
    """The same, shared by all gateways. Raises ValkeyError or OSError while the store is away."""

    def __init__(self, store: Valkey, clock: Clock = time.time) -> None:
        self._clock = clock
        self._take = store.register_script(_TAKE)

    async def take(self, key: str, policy: Policy) -> Share:
        now = self._clock()
        allowed, count, oldest = await self._take(
            keys=[_PREFIX + key], args=[repr(now), policy.quota, policy.window_s]
        )
        return _share(policy, now, count, float(oldest), allowed=bool(allowed))


class WindowsWithReserve:
    """Counts in the store, and in memory while that is away: each gateway by itself is better than none, or than 500.

    Memory counts along all the time, so that it knows what this gateway has let in when it is asked.
    """

    def __init__(self, store: Windows, clock: Clock = time.monotonic, reserve: Windows | None = None) -> None:
        self._store = store
        self._reserve = reserve or MemoryWindows()
        self._clock = clock
        self._away_until: float | None = None

    async def take(self, key: str, policy: Policy) -> Share:
        if self._away_until is not None and self._clock() < self._away_until:
            return await self._reserve.take(key, policy)
        try:
            share = await self._store.take(key, policy)
        except (ValkeyError, OSError) as error:
            self._lose(error)
            return await self._reserve.take(key, policy)
        if share.allowed:
            await self._reserve.take(key, policy)
        if self._away_until is not None:
            self._away_until = None
            _log.info("limits are counted in their store again")
        return share

    def _lose(self, error: Exception) -> None:
        metrics.LIMIT_STORE_FAILURES.inc()
        if self._away_until is None:
            _log.warning("limits are counted in memory: their store is away", cause=type(error).__name__)
        self._away_until = self._clock() + _AWAY_S


@asynccontextmanager
async def windows(url: str, clock: Clock = time.time) -> AsyncIterator[Windows]:
    """Memory for an empty URL, else the store that it names: `redis://`, `rediss://`, `valkey://` or `valkeys://`."""
    if not url:
        yield MemoryWindows(clock)
        return
    store = Valkey.from_url(
        url.replace("redis", "valkey", 1) if url.startswith("redis") else url,
        socket_timeout=_STORE_TIMEOUT_S,
        socket_connect_timeout=_STORE_TIMEOUT_S,
    )
    try:
        yield WindowsWithReserve(StoredWindows(store, clock), reserve=MemoryWindows(clock))
    finally:
        await store.aclose()


def _share(policy: Policy, now: float, count: int, oldest: float, *, allowed: bool) -> Share:
    return Share(allowed, policy.quota - count, max(0.0, oldest + policy.window_s - now))
