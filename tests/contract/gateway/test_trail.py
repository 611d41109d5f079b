"""The audit trail's way to auth: in order, in calls of many, and over the death of a gateway."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog.testing
from prometheus_client import REGISTRY

from atelier.auth.v1 import audit_pb2 as pb
from atelier.auth.v1 import audit_pb2_grpc as rpc
from atelierkit.errors import InvalidInput, Unavailable
from atelierkit.server import Service
from atelierkit.testing import serve
from services.gateway import trail as under_test
from services.gateway.spool import Spool
from services.gateway.trail import Trail


class AuditDouble(rpc.AuditServiceServicer):
    """Keeps what it is told, call by call; away while `failure` is set, and slow while `gate` is closed."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.failure: Exception | None = None
        self.begun = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def told(self) -> list[str]:
        return [operation for call in self.calls for operation in call]

    async def Record(
        self, request: pb.RecordRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> pb.RecordResponse:
        self.begun.release()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        if any(entry.operation == "bad" for entry in request.entries):
            raise InvalidInput("one of them breaks the rules")
        self.calls.append([entry.operation for entry in request.entries])
        return pb.RecordResponse()

    async def ListAuditEntries(
        self, request: pb.ListAuditEntriesRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> pb.ListAuditEntriesResponse:
        raise AssertionError("nobody searches here")


@asynccontextmanager
async def recording(
    folder: Path, *, away: bool = False, most_bytes: int = 1 << 20
) -> AsyncIterator[tuple[AuditDouble, Trail]]:
    double = AuditDouble()
    double.failure = Unavailable("away") if away else None
    descriptor = pb.DESCRIPTOR.services_by_name["AuditService"]
    service = Service(
        descriptor.full_name,
        lambda server: rpc.add_AuditServiceServicer_to_server(double, server),
        descriptor,
    )
    async with serve(service) as channel:
        trail = Trail(rpc.AuditServiceStub(channel), Spool(folder, most_bytes), every_s=0.01, again_s=0.01)
        async with trail.shipping():
            yield double, trail


def entry(operation: str) -> pb.AuditEntry:
    made = pb.AuditEntry(id=str(uuid.uuid4()), operation=operation, outcome=200)
    made.time.GetCurrentTime()
    return made


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def lost() -> float:
    return REGISTRY.get_sample_value("atelier_gateway_audit_lost_total") or 0


async def test_entries_go_unasked_and_who_comes_during_a_call_goes_with_the_next(tmp_path: Path) -> None:
    async with recording(tmp_path) as (double, trail):
        double.gate.clear()
        trail.write(entry("first"))
        await double.begun.acquire()
        for index in range(20):
            trail.write(entry(f"other {index}"))
        double.gate.set()
        await double.begun.acquire()
        await trail.flushed()
    assert double.calls == [["first"], [f"other {index}" for index in range(20)]]
    assert files(tmp_path) == []


async def test_a_long_queue_goes_in_order_in_calls_that_auth_takes(tmp_path: Path) -> None:
    async with recording(tmp_path) as (double, trail):
        for index in range(1_201):
            trail.write(entry(str(index)))
        await trail.flushed()
    assert double.told == [str(index) for index in range(1_201)]
    assert [len(call) for call in double.calls] == [500, 500, 201]


async def test_while_auth_is_away_entries_wait_and_it_is_said_once(tmp_path: Path) -> None:
    async with recording(tmp_path, away=True) as (double, trail):
        with structlog.testing.capture_logs() as lines:
            for index in range(50):
                trail.write(entry(str(index)))
            for _ in range(3):
                await double.begun.acquire()
        ours = [line for line in lines if line["event"].startswith("audit")]
        assert [(line["event"], line["log_level"]) for line in ours] == [("audit entries wait", "warning")]
        assert REGISTRY.get_sample_value("atelier_gateway_audit_waiting") == 50
        double.failure = None
        await trail.flushed()
        assert REGISTRY.get_sample_value("atelier_gateway_audit_waiting") == 0
    assert double.told == [str(index) for index in range(50)]


async def test_what_auth_did_not_take_before_the_end_is_the_next_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "_LAST_WORDS_S", 0.05)
    async with recording(tmp_path, away=True) as (_, trail):
        for index in range(3):
            trail.write(entry(str(index)))
    async with recording(tmp_path) as (double, trail):
        trail.write(entry("new"))
        await trail.flushed()
    assert double.told == ["0", "1", "2", "new"]
    assert files(tmp_path) == []


async def test_what_a_dead_gateway_left_goes_without_a_request(tmp_path: Path) -> None:
    dead = Spool(tmp_path)
    dead.append(entry("left").SerializeToString())
    dead.close()
    async with recording(tmp_path) as (double, _):
        await double.begun.acquire()
    assert double.told == ["left"]


async def test_the_spool_is_bounded_and_what_is_lost_is_told(tmp_path: Path) -> None:
    before = lost()
    size = len(entry("0").SerializeToString()) + 16
    async with recording(tmp_path, away=True, most_bytes=size * 10) as (double, trail):
        with structlog.testing.capture_logs() as lines:
            for _ in range(50):
                trail.write(entry("0"))
        told = sum(line["event"] == "the audit trail lost an entry" for line in lines)
        assert lost() - before == told > 0
        double.failure = None
    assert len(double.told) == 50 - told > 0


async def test_entries_that_auth_refuses_do_not_hold_up_the_others(tmp_path: Path) -> None:
    before = lost()
    async with recording(tmp_path) as (double, trail):
        for operation in ("1", "2", "bad", "3", "bad", "4"):
            trail.write(entry(operation))
        await trail.flushed()
    assert double.told == ["1", "2", "3", "4"]
    assert lost() == before + 2
