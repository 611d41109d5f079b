"""A request that breaks its proto's rules never reaches the servicer, and its caller learns which and why."""

from __future__ import annotations

import math
from typing import Any

import pytest

from atelierkit.errors import AppError, Code
from atelierkit.testing import serve
from tests.contract.atelierkit import echo


async def _refused(request, method: str = "Open") -> AppError:
    async def reached(request, context):
        raise AssertionError("the servicer was reached")

    async with serve(echo.service(Open=reached)) as channel:
        with pytest.raises(AppError) as caught:
            await echo.call(channel, method)(request)
    assert (caught.value.code, caught.value.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    return caught.value


async def test_the_bounds_themselves_are_let_in() -> None:
    async with serve(echo.service()) as channel:
        for size in (0.0, 250.5):
            request = echo.word(size_mm=size, parts=[echo.word(size_mm=size)], marks=[1, 9])
            assert await echo.call(channel, "Open")(request) == request


@pytest.mark.parametrize("size", [-0.001, 250.51, math.inf, -math.inf, math.nan])
async def test_a_number_out_of_range_names_field_rule_and_range(size: float) -> None:
    error = await _refused(echo.word(size_mm=size))
    assert [(fault.field, fault.code, fault.limit) for fault in error.faults] == [
        ("size_mm", "double.gte_lte", "0..250.5")
    ]


async def test_every_broken_rule_is_named_with_its_path() -> None:
    bad = echo.word(size_mm=-1)
    error = await _refused(
        echo.word(
            parts=[echo.word(), echo.word(parts=[bad])],
            named={"left": bad},
            marks=[5, 10],
            text="x" * 2_000_001,
        )
    )
    assert {(fault.field, fault.code, fault.limit) for fault in error.faults} == {
        ("parts[1].parts[0].size_mm", "double.gte_lte", "0..250.5"),
        ('named["left"].size_mm', "double.gte_lte", "0..250.5"),
        ("marks[1]", "int32.gt_lt", "0..10"),
        ("text", "string.max_len", "2000000"),
    }
    assert all(fault.message for fault in error.faults)


async def test_each_message_of_a_stream_is_checked() -> None:
    async def words():
        yield echo.word(size_mm=1)
        yield echo.word(size_mm=-1)

    error = await _refused(words(), "Collect")
    assert [fault.field for fault in error.faults] == ["size_mm"]


@pytest.mark.attack("A58")
@pytest.mark.parametrize("data", [b"\xff", b"\x0a\x05ab", b"\x11\x00"])
async def test_bytes_that_are_no_message_are_the_callers_fault(data: bytes) -> None:
    async with serve(echo.service()) as channel:
        raw: Any = channel.unary_unary(f"/{echo.NAME}/Open")
        with pytest.raises(AppError) as caught:
            await raw(data)
    assert (caught.value.code, caught.value.message) == (
        Code.INVALID_ARGUMENT,
        "the request is not a message of this call",
    )
