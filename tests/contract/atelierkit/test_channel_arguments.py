"""gRPC passes over arguments that it does not know: a misspelt one would silently not be set."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from atelierkit import client, server

NAMES = sorted(
    {name for name, _ in (*server.options(1), *server.SERVER_OPTIONS, *client.CLIENT_OPTIONS)}
    | {name for name, _ in server.age(1)}
)


@pytest.fixture(scope="module")
def core() -> bytes:
    path = importlib.import_module("grpc._cython.cygrpc").__file__
    assert path is not None
    return Path(path).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_grpc_knows_the_argument(name: str, core: bytes) -> None:
    assert name.encode() + b"\0" in core


def test_a_misspelt_one_would_be_found(core: bytes) -> None:
    assert b"grpc.http2.min_recv_ping_interval_without_data_ms\0" not in core
