"""What a caller sees of a failure, through a real server and the real client."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from structlog.testing import capture_logs

from atelierkit import client, context
from atelierkit.errors import AppError, Code, Conflict, FieldFault, InvalidInput, RemoteError, Unavailable
from atelierkit.testing import serve
from tests.contract.atelierkit import echo
from tests.patience import PATIENCE_S


def _failing(error: BaseException):
    async def behaviour(request, context):
        raise error

    return behaviour


async def _answer(error: BaseException) -> AppError:
    async with serve(echo.service(Open=_failing(error))) as channel:
        with pytest.raises(AppError) as caught:
            await echo.call(channel, "Open")(echo.word())
    return caught.value


async def test_an_error_arrives_whole() -> None:
    class NotWatertight(AppError):
        code = Code.FAILED_PRECONDITION
        reason = "MESH_NOT_WATERTIGHT"

    faults = [FieldFault("a.b[3]", "float.lte", "too long", "250"), FieldFault("c", "required", "missing")]
    sent = NotWatertight("12 open edges", faults=faults, retry_after_s=2.5, openEdges="12")

    got = await _answer(sent)

    assert type(got) is RemoteError
    assert (got.code, got.reason, got.message) == (
        Code.FAILED_PRECONDITION,
        "MESH_NOT_WATERTIGHT",
        "12 open edges",
    )
    assert got.faults == tuple(faults)
    assert got.retry_after_s == 2.5
    assert got.metadata == {"openEdges": "12"}
    assert (AppError.code, NotWatertight("x").code) == (Code.UNKNOWN, Code.FAILED_PRECONDITION)


async def test_an_error_passes_through_a_service_in_between() -> None:
    first = await _answer(Conflict("that name is taken", name="anna"))
    second = await _answer(first)

    assert vars(second) == vars(first)
    assert second.code is Code.ALREADY_EXISTS


async def test_more_faults_than_a_trailer_holds_are_counted() -> None:
    faults = [FieldFault(f"measurements[{n}].value_mm", "double.gte", "x" * 300, "1") for n in range(500)]

    got = await _answer(InvalidInput("much is wrong", faults=faults))

    assert got.code is Code.INVALID_ARGUMENT
    assert 5 <= len(got.faults) < 500
    assert got.faults == tuple(faults[: len(got.faults)])
    assert got.metadata == {"faults_left_out": str(500 - len(got.faults))}


async def test_a_bug_tells_only_the_request_id() -> None:
    with capture_logs() as logs, context.request(id="req-7"):
        got = await _answer(RuntimeError("password is hunter2 at /srv/secret.py"))

    assert (got.code, got.reason, got.message) == (Code.INTERNAL, "INTERNAL", "internal error")
    assert got.metadata == {"requestId": "req-7"}
    assert [line["event"] for line in logs] == ["call failed", "call ended"]
    assert logs[0]["exc_info"]
    assert (logs[1]["code"], logs[1]["rpc"]) == ("INTERNAL", f"{echo.NAME}/Open")


async def test_whoever_operates_the_service_learns_the_cause_that_the_caller_is_not_told() -> None:
    async def away(request, context):
        try:
            raise OSError("connection to 10.0.0.7 refused")
        except OSError as error:
            raise Unavailable("the database does not answer") from error

    with capture_logs() as logs:
        async with serve(echo.service(Open=away)) as channel:
            with pytest.raises(AppError, match=r"^the database does not answer$"):
                await echo.call(channel, "Open")(echo.word())
    [line] = [line for line in logs if line["event"] == "call not served"]
    assert (line["log_level"], line["reason"]) == ("warning", "UNAVAILABLE")
    assert line["cause"] == "OSError('connection to 10.0.0.7 refused')"


async def test_a_servicers_own_abort_passes_through() -> None:
    async def aborting(request, context):
        await context.abort(grpc.StatusCode.OUT_OF_RANGE, "beyond the end")

    async with serve(echo.service(Open=aborting)) as channel:
        with pytest.raises(AppError) as caught:
            await echo.call(channel, "Open")(echo.word())
    assert caught.value.code is Code.OUT_OF_RANGE


async def test_a_stream_that_fails_after_some_messages() -> None:
    async def half(request, context):
        yield echo.word(text="one")
        raise Conflict("no more")

    async with serve(echo.service(Count=half)) as channel:
        stream = echo.call(channel, "Count")(echo.word())
        assert (await anext(stream)).text == "one"
        with pytest.raises(AppError, match="no more") as caught:
            await anext(stream)
    assert caught.value.code is Code.ALREADY_EXISTS


async def test_all_kinds_of_calls_are_served() -> None:
    async def words():
        for text in "abc":
            yield echo.word(text=text)

    async with serve(echo.service()) as channel:
        counted = [message.text async for message in echo.call(channel, "Count")(echo.word(size_mm=3))]
        collected = await echo.call(channel, "Collect")(words())
    assert counted == ["0", "1", "2"]
    assert collected.text == "a,b,c"


async def test_a_reader_that_leaves_early_stops_the_sender() -> None:
    stopped = asyncio.Event()

    async def endless(request, context):
        try:
            while True:
                yield echo.word(text="again")
                await asyncio.sleep(0)
        finally:
            stopped.set()

    async with serve(echo.service(Count=endless)) as channel:
        stream = echo.call(channel, "Count")(echo.word())
        assert (await anext(stream)).text == "again"
        await stream.aclose()
        async with asyncio.timeout(PATIENCE_S):
            await stopped.wait()


async def test_an_unreachable_service_names_no_address() -> None:

    async with client.channel("127.0.0.1:1") as nobody:
        with pytest.raises(AppError) as caught:
            await echo.call(nobody, "Open")(echo.word())
    assert (caught.value.code, caught.value.reason) == (Code.UNAVAILABLE, "UNAVAILABLE")
    assert caught.value.message == "the service is not reachable or too busy"
    assert caught.value.retry_after_s == 1.0


@pytest.mark.attack("A58")
@pytest.mark.parametrize("limited", ["request", "answer"])
async def test_a_message_beyond_the_limit_is_told_as_such(limited: str) -> None:
    async def large(request, context):
        return echo.word(text="x" * 100_000) if limited == "answer" else request

    text = "x" * 100_000 if limited == "request" else ""
    async with serve(echo.service(Open=large), max_message_bytes=50_000) as channel:
        with pytest.raises(AppError) as caught:
            await echo.call(channel, "Open")(echo.word(text=text))
    assert (caught.value.code, caught.value.reason) == (Code.RESOURCE_EXHAUSTED, "PAYLOAD_TOO_LARGE")


@pytest.mark.attack("A58")
async def test_too_many_calls_at_once_are_turned_away() -> None:
    held, entered = asyncio.Event(), asyncio.Event()

    async def slow(request, context):
        entered.set()
        await held.wait()
        return request

    async with serve(echo.service(Open=slow), max_concurrent_rpcs=1) as channel:
        first = asyncio.create_task(echo.call(channel, "Open")(echo.word(text="first")))
        await entered.wait()
        with pytest.raises(AppError) as caught:
            await echo.call(channel, "Open")(echo.word(text="second"))
        held.set()
        assert (await first).text == "first"
        assert (await echo.call(channel, "Again")(echo.word(text="third"))).text == "third"
    assert (caught.value.code, caught.value.reason) == (Code.RESOURCE_EXHAUSTED, "OVERLOADED")
    assert caught.value.retry_after_s == 1.0


def test_unavailable_says_when_to_come_back() -> None:
    assert Unavailable("down").retry_after_s == 1.0
