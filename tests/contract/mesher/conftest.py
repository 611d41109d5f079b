"""The mesher behind a real server, on the real models, with files in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from atelier.mesher.v1.mesher_pb2_grpc import MesherServiceAsyncStub

from atelier.mesher.v1.mesher_pb2_grpc import MesherServiceStub
from atelierkit.blobs import MemoryBlobs
from atelierkit.testing import MemoryVerifier, serve
from services.mesher.bootstrap import assemble
from services.mesher.domain.body import BodyModel
from services.mesher.use_cases import Workshop

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="session")
def model() -> BodyModel:
    return BodyModel.load(MODELS)


@pytest.fixture
def blobs() -> MemoryBlobs:
    return MemoryBlobs()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@dataclass(frozen=True)
class Mesher:
    """A stub, and the metadata of a caller who may use it."""

    stub: MesherServiceAsyncStub
    token: tuple[tuple[str, str], ...]


@pytest.fixture
async def mesher(model: BodyModel, blobs: MemoryBlobs, threads: ThreadPoolExecutor) -> AsyncIterator[Mesher]:
    verifier = MemoryVerifier()
    token = verifier.admit("alice")
    service = assemble(model=model, files=blobs, verifier=verifier, workshop=Workshop(threads), kept_cuts=4)
    async with serve(service) as channel:
        yield Mesher(MesherServiceStub(channel), (("authorization", f"Bearer {token}"),))
