"""What both ends of a call count: rate, errors, duration, refusals by reason, repeated attempts."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from prometheus_client import REGISTRY

from atelierkit import client
from atelierkit.errors import AppError, Conflict, NotFound
from atelierkit.testing import serve
from tests.contract.atelierkit import echo

METHOD = {"service": echo.NAME, "method": "Again"}


class Odd(NotFound):
    """A reason that no catalogue has."""

    reason = "SOMETHING_WITH_AN_ID_42"


def value(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, METHOD | labels) or 0


async def test_a_call_that_is_repeated_is_one_call_to_its_caller_and_three_to_its_server() -> None:
    calls = 0

    async def away_at_first(request: Any, context: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls < 3:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
        return request

    made, seconds = (
        value("atelier_grpc_client_requests_total", code="OK"),
        value("atelier_grpc_client_duration_seconds_count"),
    )
    answered = value("atelier_grpc_server_requests_total", code="UNAVAILABLE")
    repeated = value("atelier_grpc_server_repeated_attempts_total")
    async with serve(echo.service(Again=away_at_first)) as channel:
        await echo.call(channel, "Again")(echo.word())
    assert value("atelier_grpc_client_requests_total", code="OK") - made == 1
    assert value("atelier_grpc_client_duration_seconds_count") - seconds == 1
    assert value("atelier_grpc_server_requests_total", code="UNAVAILABLE") - answered == 2
    assert value("atelier_grpc_server_repeated_attempts_total") - repeated == 2


@pytest.mark.parametrize(
    ("error", "reason", "code"),
    [
        (NotFound("nothing there"), "not_found", "NOT_FOUND"),
        (Conflict("there already"), "already_exists", "ALREADY_EXISTS"),
        (Odd("odd"), "other", "NOT_FOUND"),
    ],
)
async def test_refusals_are_counted_by_the_reasons_of_the_catalogue(
    error: AppError, reason: str, code: str
) -> None:
    async def refuse(request: Any, context: Any) -> Any:
        raise error

    refused = value("atelier_grpc_server_refusals_total", reason=reason)
    made = value("atelier_grpc_client_requests_total", code=code)
    async with serve(echo.service(Again=refuse)) as channel:
        with pytest.raises(AppError):
            await echo.call(channel, "Again")(echo.word())
    assert value("atelier_grpc_server_refusals_total", reason=reason) - refused == 1
    assert value("atelier_grpc_client_requests_total", code=code) - made == 1


async def test_a_bug_is_no_refusal() -> None:
    async def fail(request: Any, context: Any) -> Any:
        raise RuntimeError("a bug")

    before = sum(
        value("atelier_grpc_server_refusals_total", reason=reason) for reason in ("internal", "other")
    )
    faults = value("atelier_grpc_server_requests_total", code="INTERNAL")
    async with serve(echo.service(Again=fail)) as channel:
        with pytest.raises(AppError):
            await echo.call(channel, "Again")(echo.word())
    assert (
        sum(value("atelier_grpc_server_refusals_total", reason=reason) for reason in ("internal", "other"))
        == before
    )
    assert value("atelier_grpc_server_requests_total", code="INTERNAL") - faults == 1


@pytest.mark.parametrize("code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"])
async def test_calls_that_nobody_answers_are_counted_where_they_were_made(code: str) -> None:
    before = value("atelier_grpc_client_requests_total", code=code)
    entered = asyncio.Event()

    async def hang(request: Any, context: Any) -> Any:
        entered.set()
        await asyncio.Event().wait()

    async with serve(echo.service(Again=hang)) as channel, client.channel("127.0.0.1:1") as nobody:
        if code == "UNAVAILABLE":
            with pytest.raises(AppError):
                await echo.call(nobody, "Again")(echo.word())
        elif code == "DEADLINE_EXCEEDED":
            with pytest.raises(AppError):
                await echo.call(channel, "Again")(echo.word(), timeout=0.2)
        else:
            calling = asyncio.create_task(echo.call(channel, "Again")(echo.word()))
            await entered.wait()
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
    assert value("atelier_grpc_client_requests_total", code=code) == before + 1


async def test_a_server_does_not_count_probes() -> None:
    labels = {"service": "grpc.health.v1.Health", "method": "Check", "code": "OK"}
    async with serve(echo.service()) as channel:
        assert await client.is_serving(channel, echo.NAME)
    assert REGISTRY.get_sample_value("atelier_grpc_server_requests_total", labels) is None
