"""The mesher behind a real server, on the real models, with files in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from atelier.mesher.v1.faces_pb2_grpc import FaceMeshServiceAsyncStub
    from atelier.mesher.v1.mesher_pb2_grpc import MesherServiceAsyncStub

from anthropometry.population import Population
from atelier.mesher.v1.faces_pb2_grpc import FaceMeshServiceStub
from atelier.mesher.v1.mesher_pb2_grpc import MesherServiceStub
from atelierkit.admission import Limits
from atelierkit.blobs import MemoryBlobs
from atelierkit.service import Service
from atelierkit.testing import MemoryVerifier, serve
from atelierkit.workshop import Workshop, workshop
from facemodel.topology import FaceTopology
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.poisson import PoissonReconstruction
from services.mesher.bootstrap import assemble
from services.mesher.domain.body import BodyModel
from services.mesher.domain.face.mould import Mould
from services.mesher.metrics import draw_timed
from services.mesher.use_cases.pictures import Easel
from tests.patience import PATIENCE_S

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="session")
def model() -> BodyModel:
    return BodyModel.load(MODELS)


@pytest.fixture(scope="session")
def topology() -> FaceTopology:
    return FaceTopology.load(MODELS)


@pytest.fixture(scope="session")
def blobs() -> MemoryBlobs:
    return MemoryBlobs()


@pytest.fixture(scope="session")
def alone() -> Iterator[Workshop]:
    with workshop("bodies", Limits(places=1, longest_wait_s=60.0)) as opened:
        yield opened


@pytest.fixture(scope="session")
def drawings() -> Iterator[Workshop]:
    with workshop("drawings", Limits(places=1, longest_wait_s=60.0)) as opened:
        yield opened


@pytest.fixture(scope="session")
def films() -> Iterator[Workshop]:
    with workshop("films", Limits(places=1, longest_wait_s=60.0)) as opened:
        yield opened


@pytest.fixture(scope="session")
def galleries() -> Iterator[Workshop]:
    with workshop("gallery", Limits(places=1, most_waiting=0)) as opened:
        yield opened


@pytest.fixture(scope="session")
def poisson() -> Iterator[PoissonReconstruction]:
    surfaces = PoissonReconstruction(threads=1)
    yield surfaces
    surfaces.close()


@dataclass(frozen=True)
class Mesher:
    """A stub, and the metadata of a caller who may use it."""

    stub: MesherServiceAsyncStub
    token: tuple[tuple[str, str], ...]


@pytest.fixture(scope="session")
def verifier() -> MemoryVerifier:
    return MemoryVerifier()


@pytest.fixture(scope="session")
def service(
    model: BodyModel,
    topology: FaceTopology,
    blobs: MemoryBlobs,
    alone: Workshop,
    poisson: PoissonReconstruction,
    drawings: Workshop,
    films: Workshop,
    galleries: Workshop,
    verifier: MemoryVerifier,
) -> Service:
    return assemble(
        model=model,
        topology=topology,
        mould=Mould.load(MODELS, model, topology),
        files=blobs,
        verifier=verifier,
        workshop=alone,
        scan_workshop=alone,
        surfaces=poisson,
        easel=Easel(OpenGlDraughtsman(), drawings, draw_timed),
        gallery=galleries,
        screening=films,
        population=Population.load(MODELS),
        kept_cuts=4,
    )


@pytest.fixture
async def mesher(service: Service, verifier: MemoryVerifier) -> AsyncIterator[Mesher]:
    token = verifier.admit("alice")
    async with serve(service, timeout_s=PATIENCE_S) as channel:
        yield Mesher(MesherServiceStub(channel), (("authorization", f"Bearer {token}"),))


@pytest.fixture
async def faces(service: Service) -> AsyncIterator[FaceMeshServiceAsyncStub]:
    """As one of the platform's own services calls it: with nobody signed in."""
    async with serve(service, timeout_s=PATIENCE_S) as channel:
        yield FaceMeshServiceStub(channel)
