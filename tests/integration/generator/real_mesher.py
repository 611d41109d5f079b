"""The real mesher, for tests of the generator before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from anthropometry.population import Population
from atelierkit.admission import Limits
from atelierkit.blobs import Blobs
from atelierkit.service import Service
from atelierkit.testing import token_verifier
from atelierkit.workshop import workshop
from facemodel.topology import FaceTopology
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.poisson import PoissonReconstruction
from services.mesher.bootstrap import assemble
from services.mesher.domain.body import BodyModel
from services.mesher.domain.face.mould import Mould
from services.mesher.metrics import draw_timed
from services.mesher.use_cases.pictures import Easel
from tests.unit.generator.world import MODELS

_PATIENT = Limits(places=1, longest_wait_s=60.0)


@contextmanager
def real_mesher(model: BodyModel, blobs: Blobs) -> Iterator[Service]:
    """The service on the released models, with files there."""
    topology = FaceTopology.load(MODELS)
    with ExitStack() as stack:
        alone, drawings, gallery, films = (
            stack.enter_context(workshop(name, _PATIENT))
            for name in ("bodies", "drawings", "gallery", "films")
        )
        surfaces = PoissonReconstruction(threads=1)
        stack.callback(surfaces.close)
        yield assemble(
            model=model,
            topology=topology,
            mould=Mould.load(MODELS, model, topology),
            files=blobs,
            verifier=token_verifier(),
            workshop=alone,
            scan_workshop=alone,
            surfaces=surfaces,
            easel=Easel(OpenGlDraughtsman(), drawings, draw_timed),
            gallery=gallery,
            screening=films,
            population=Population.load(MODELS),
            kept_cuts=8,
        )
