"""Limits: what the setting says, and a window that moves with each request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.requests import Request
from valkey.exceptions import ConnectionError as StoreAway

from services.gateway.limits import Cost, Policies, Policy, Share, client_network
from services.gateway.settings import PUBLISHED_LIMITS, GatewaySettings
from services.gateway.windows import MemoryWindows, WindowsWithReserve

NOWHERE: dict[str, Any] = {
    f"{name}_addr": "127.0.0.1:1" for name in ("auth", "catalog", "generator", "mesher", "tryon")
}
TEN = Policy("generate", 10, 900)


class SetClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


def published(text: str = PUBLISHED_LIMITS) -> Mapping[tuple[str, str], Policy]:
    policies = Policies.parse(text, PUBLISHED_LIMITS)
    assert policies is not None
    return policies.by_name


def test_the_published_limits_are_those_of_the_contract() -> None:
    assert {name: (found.quota, found.window_s) for (_, name), found in published().items()} == {
        "generate": (10, 900),
        "general": (100, 900),
        "preview": (900, 900),
        "gallery": (2000, 900),
    }


def test_what_is_not_named_is_as_published_and_a_tier_s_own_goes_before() -> None:
    policies = Policies.parse("general=5/30s, pro.generate=50/1h", PUBLISHED_LIMITS)
    assert policies is not None
    assert policies.of(Cost.GENERAL, "pro") == Policy("general", 5, 30)
    assert policies.of(Cost.GENERATE, "") == TEN
    assert policies.of(Cost.GENERATE, "free") == TEN
    assert policies.of(Cost.GENERATE, "pro") == Policy("generate", 50, 3600)


def test_off_is_no_limits() -> None:
    assert GatewaySettings(**NOWHERE, limits="off").policies is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "generate",
        "generate=10",
        "generate=0/15min",
        "generate=10/15",
        "all=1/1s",
        "generate=-1/1s",
        "a.b.general=1/1s",
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match="is no limit"):
        GatewaySettings(**NOWHERE, limits=text)


@pytest.mark.attack("A47")
async def test_the_eleventh_waits_until_the_first_is_out_of_the_window() -> None:
    clock = SetClock()
    windows = MemoryWindows(clock)
    for second in range(10):
        clock.now = 1_900_000_000.0 + second
        assert await windows.take("a", TEN) == Share(True, 9 - second, 900.0 - second)
    clock.now = 1_900_000_899.999
    refused = await windows.take("a", TEN)
    assert (refused.allowed, refused.remaining) == (False, 0)
    assert refused.reset_s == pytest.approx(0.001, abs=1e-6)
    clock.now = 1_900_000_900.0
    assert await windows.take("a", TEN) == Share(True, 0, 1.0)
    assert not (await windows.take("a", TEN)).allowed


@pytest.mark.attack("A47")
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 7)), max_size=120),
    st.integers(1, 4),
    st.integers(1, 12),
)
async def test_in_no_window_are_more_than_the_quota_and_none_is_refused_without_need(
    steps: list[tuple[str, int]], quota: int, window_s: int
) -> None:
    clock, policy = SetClock(), Policy("general", quota, window_s)
    windows = MemoryWindows(clock)
    taken: dict[str, list[float]] = defaultdict(list)
    for key, pause_s in steps:
        clock.now += pause_s
        share = await windows.take(key, policy)
        within = [time for time in taken[key] if time > clock.now - window_s]
        assert share.allowed == (len(within) < quota)
        if share.allowed:
            within.append(clock.now)
            taken[key].append(clock.now)
        assert share.remaining == quota - len(within)
        assert share.reset_s == within[0] + window_s - clock.now


async def test_callers_that_stay_away_are_forgotten() -> None:
    clock = SetClock()
    windows = MemoryWindows(clock)
    for caller in range(500):
        await windows.take(str(caller), TEN)
    clock.now += 900
    for caller in range(500, 750):
        await windows.take(str(caller), TEN)
    assert len(windows._taken) == 250


async def test_a_flood_of_callers_takes_no_more_than_its_memory() -> None:
    windows = MemoryWindows(SetClock(), most_callers=50)
    for caller in range(500):
        await windows.take(str(caller), TEN)
    assert len(windows._taken) == 50


@pytest.mark.attack("A47")
@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("testclient", "testclient"),
    ],
)
def test_a_site_of_ipv6_is_one_client(host: str, network: str) -> None:
    request = Request({"type": "http", "client": (host, 1), "headers": []})
    assert client_network(request) == network


class Store:
    """A store that can go away, and counts how often it was asked."""

    def __init__(self) -> None:
        self.away: Exception | None = None
        self.asked = 0
        self._windows = MemoryWindows()

    async def take(self, key: str, policy: Policy) -> Share:
        self.asked += 1
        if self.away is not None:
            raise self.away
        return await self._windows.take(key, policy)


@pytest.mark.parametrize("failure", [StoreAway(), TimeoutError(), ConnectionResetError()])
async def test_memory_counts_while_the_store_is_away(failure: Exception) -> None:
    clock, store = SetClock(), Store()
    windows = WindowsWithReserve(store, clock)
    assert (await windows.take("a", TEN)).remaining == 9
    store.away = failure
    # What was counted in the store before counts.
    shares = [await windows.take("a", TEN) for _ in range(10)]
    assert [share.allowed for share in shares] == [True] * 9 + [False]
    # One request has found out; the others did not wait for the store.
    assert store.asked == 2
    store.away = None
    clock.now += 1
    assert (await windows.take("a", TEN)).remaining == 8
